import { IdiolectError } from '@idiolect/contracts/errors'
import { openQueues } from '@idiolect/runtime/queues'
import { redisAddress } from '@idiolect/runtime/redis-address'
import { pino } from 'pino'

import { startDashboard } from './server.ts'

const { env } = process
const log = pino({ level: env.LOG_LEVEL ?? 'info' }, pino.destination({ fd: 2, sync: true }))

try {
  const port = Number(env.IDIOLECT_DASHBOARD_PORT ?? 8080)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new IdiolectError('config_invalid', `IDIOLECT_DASHBOARD_PORT is ${env.IDIOLECT_DASHBOARD_PORT}, not a port`)
  }
  const queues = await openQueues(redisAddress(env.REDIS_URL ?? 'redis://127.0.0.1:6379'))
  const dashboard = await startDashboard({
    queues,
    host: env.IDIOLECT_DASHBOARD_HOST ?? '127.0.0.1',
    port,
    log,
  })
  const close = async (): Promise<void> => {
    await dashboard.close()
    await queues.close()
  }
  process.once('SIGTERM', () => void close())
  process.once('SIGINT', () => void close())
} catch (error) {
  if (!(error instanceof IdiolectError)) throw error
  log.fatal({ code: error.code }, error.message)
  process.exit(2)
}
