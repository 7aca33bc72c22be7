import { IdiolectError } from '@idiolect/contracts/errors'
import { openQueues } from '@idiolect/runtime/queues'
import { redisAddress, redisUrlOf } from '@idiolect/runtime/redis-address'
import { pino } from 'pino'

import { checkToken } from './access/access-token.ts'
import { startDashboard } from './server.ts'
import { readSettings } from './settings.ts'

const { env } = process
const log = pino({ level: env.LOG_LEVEL ?? 'warn' }, pino.destination({ fd: 2, sync: true }))

try {
  const settings = readSettings(env)
  checkToken(settings)
  const queues = await openQueues(redisAddress(redisUrlOf(env) ?? 'redis://127.0.0.1:6379'))
  const dashboard = await startDashboard({ ...settings, queues, log, env })
  process.stderr.write(`Runs at ${dashboard.url}, queues at ${dashboard.url}/queues; Ctrl-C ends this.\n`)

  let closing = false
  const close = async (): Promise<void> => {
    if (closing) return
    closing = true
    await dashboard.close()
    await queues.close()
    if (process.connected) process.disconnect()
  }
  process.on('SIGTERM', () => void close())
  process.on('SIGINT', () => void close())
  process.on('disconnect', () => void close())
} catch (error) {
  if (!(error instanceof IdiolectError)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exit(2)
}
