import { IdiolectError } from '@idiolect/contracts/errors'
import { reportableError } from '@idiolect/contracts/reportable-error'
import type { Stage } from '@idiolect/contracts/stages'
import { type Logger, pino } from 'pino'

import { type BatchMeter, batchMeter } from './batch-meter.ts'
import { redisAddress, redisUrlOf } from './redis-address.ts'
import { allowsUnsafeRedis, refuseUnsafeRedis } from './refuse-unsafe-redis.ts'
import { type ServeOptions, type Service, serve } from './serve.ts'
import { startTraces, type Traces } from './traces.ts'
import { startWatchdog } from './watchdog.ts'
import { type EndpointPlace, endpointPlace, startWorkerEndpoint } from './worker-endpoint.ts'
import { workerHealth } from './worker-health.ts'
import { workerMetrics } from './worker-metrics.ts'

type ServiceParts<In, Out> = Omit<ServeOptions<In, Out>, 'address' | 'log' | 'meter' | 'telemetry'>

export type ServiceEnvironment = { env: NodeJS.ProcessEnv; log: Logger }

// Longer than batches in work may take to finish or to go back to the queue (8 s).
const closeTimeoutMs = 11_000

/**
 * The life of a service process: settings from its environment, serve until SIGTERM, SIGINT or the end of the process
 * that started it, close, exit. What is wrong at the start is one readable line and exit code 2.
 * Reads REDIS_URL or REDIS_URL_FILE, IDIOLECT_ALLOW_UNSAFE_REDIS, LOG_LEVEL, IDIOLECT_CONCURRENCY (batches in work at a time) and
 * what `endpointPlace` and `startTraces` read.
 */
export async function runService<In, Out>(
  process: NodeJS.Process,
  compose: (environment: ServiceEnvironment) => ServiceParts<In, Out> & { dispose?: () => Promise<void> },
): Promise<void> {
  const { env } = process
  const log: Logger = pino(
    { level: env.LOG_LEVEL ?? 'info', base: { pid: process.pid } },
    pino.destination({ fd: 2, sync: true }),
  )
  // Node itself would print the error with all that hangs on it.
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error) => {
      log.fatal(reportableError(error).stack)
      process.exit(1)
    })
  }
  let service: Service | undefined
  let traces: Traces | null = null
  const parts = compose({ env, log })

  let closing = false
  const close = async (reason: string): Promise<void> => {
    if (closing) return
    closing = true
    log.info({ stage: parts.definition.stage, reason }, 'closing')
    // A Redis that is gone would be waited for; the queue takes over what is not handed back.
    setTimeout(() => process.exit(1), closeTimeoutMs).unref()
    await service?.close()
    await parts.dispose?.()
    await traces?.close().catch(() => undefined)
    process.exit(0)
  }
  process.on('SIGTERM', () => void close('SIGTERM'))
  process.on('SIGINT', () => void close('SIGINT'))
  process.on('disconnect', () => void close('the starting process is gone'))

  startWatchdog()
  try {
    const place = endpointPlace(env)
    const address = redisAddress(redisUrlOf(env) ?? 'redis://127.0.0.1:6379')
    await refuseUnsafeRedis(address, { allowed: allowsUnsafeRedis(env), warn: (message) => log.warn(message) })
    const meter = batchMeter()
    traces = await startTraces(env, `idiolect-${parts.definition.stage}`)
    service = await serve({
      ...parts,
      concurrency: env.IDIOLECT_CONCURRENCY === undefined ? parts.concurrency : Number(env.IDIOLECT_CONCURRENCY),
      address,
      log,
      meter,
      telemetry: traces?.telemetry,
    })
    if (place !== null) await tellOfItself(place, { service, meter, stage: parts.definition.stage, log })
  } catch (error) {
    if (!(error instanceof IdiolectError)) throw error
    log.fatal({ code: error.code }, error.message)
    process.exit(2)
  }
}

/** Until the process ends. */
async function tellOfItself(
  place: EndpointPlace,
  { service, meter, stage, log }: { service: Service; meter: BatchMeter; stage: Stage; log: Logger },
): Promise<void> {
  const { registry } = workerMetrics({ stage, meter, concurrency: service.concurrency })
  const health = () => workerHealth(meter, place.silenceMs)
  const { port } = await startWorkerEndpoint(place, { registry, health })
  log.info({ host: place.host, port }, 'metrics at /metrics, health at /healthz')
}
