import { IdiolectError } from '@idiolect/contracts/errors'
import { openQueues } from '@idiolect/runtime/queues'
import { redisAddress, redisUrlOf } from '@idiolect/runtime/redis-address'
import { pino } from 'pino'

import { startDashboard } from './server.ts'

const { env } = process
const log = pino({ level: env.LOG_LEVEL ?? 'warn' }, pino.destination({ fd: 2, sync: true }))

try {
  const port = Number(env.IDIOLECT_DASHBOARD_PORT ?? 8080)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new IdiolectError('config_invalid', `The port is ${env.IDIOLECT_DASHBOARD_PORT}; use a number up to 65535`)
  }
  const queues = await openQueues(redisAddress(redisUrlOf(env) ?? 'redis://127.0.0.1:6379'))
  const host = env.IDIOLECT_DASHBOARD_HOST ?? '127.0.0.1'
  const dashboard = await startDashboard({ queues, host, port, log })
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
