import { type Batch, batchSchema } from '@idiolect/contracts/batch'
import { type ErrorCode, IdiolectError } from '@idiolect/contracts/errors'
import { reportableError } from '@idiolect/contracts/reportable-error'
import { stageAfter } from '@idiolect/contracts/stages'
import { DelayedError, type Job, type Telemetry, WaitingError } from 'bullmq'
import type { Logger } from 'pino'

import { type BatchMeter, type BatchOutcome, batchMeter } from './batch-meter.ts'
import { cutBatch } from './cut-batch.ts'
import { processBatch, type Quarantine } from './process-batch.ts'
import { backoffMs, openQueues } from './queues.ts'
import type { RedisAddress } from './redis-address.ts'
import { isUnderWay, type Run, type RunStore, type RunSupplies } from './run-store.ts'
import type { StageDefinition } from './stage-definition.ts'
import { TellingWorker } from './telling-worker.ts'
import { turnstile } from './turnstile.ts'
import { startWorkerReport } from './worker-report.ts'

// Short, because nothing that computes runs on this event loop: a killed worker's batch is another's within 15 s.
const defaultLockMs = 10_000

// How often a batch of a paused run asks whether it may go on.
const pausedMs = 2_000

// How long batches in work may still finish after SIGTERM before they are handed back to the queue.
const graceMs = 8_000

// A worker that dies takes innocent batches with it, and one that is told to stop hands them back: neither says much of a batch
// that has begun twice without an end. From the third time on its records are tried alone.
const startsTogether = 2

// So many processes may die at a record that is alone in them: more than chance, such as somebody who kills workers, explains.
const maxDeaths = 3

export type ServeOptions<In, Out> = {
  address: RedisAddress
  definition: StageDefinition<In, Out>
  /** Batches in work at a time. Above 1 the next one is at hand while a model is busy. */
  concurrency: number
  log: Logger
  /** How long a batch stays with a worker that no longer answers; after it, and at most half of it more, it is another's. */
  lockMs?: number
  /** Takes a processed batch over; by default it goes on the next stage's queue. Must bear repetition. */
  deliver?: (batch: Batch, run: Run) => Promise<void>
  /** Called after each batch has been counted; the collector sees here that a run is complete. */
  afterBatch?: (run: Run, store: RunStore) => Promise<void>
  /** Counts and times the batches; handed in by who also shows it. */
  meter?: BatchMeter
  telemetry?: Telemetry | undefined
}

export type Service = {
  /** Batches that may be in work at a time now. */
  concurrency(): number
  close(): Promise<void>
}

/**
 * Consumes one stage's queue until closed: batch in, stage, batch to the next queue, batch counted, job done, in this
 * order. A crash between any two of these repeats the batch; the hand-over and the count ignore the repetition.
 * @throws IdiolectError `redis_unreachable`
 */
export async function serve<In, Out>(options: ServeOptions<In, Out>): Promise<Service> {
  const { log, address, lockMs = defaultLockMs, meter = batchMeter() } = options
  const definition = meter.timed(options.definition)
  const queues = await openQueues(address, options.telemetry)
  const { store } = queues
  const runs = new Map<string, Run>()
  const selectors = new Map<string, Promise<RunSupplies['selectors']>>()
  const { shared, alone } = turnstile()

  const quarantineOf = (run: string): Quarantine => ({
    enter: async (ordinal) => (await store.enterQuarantine(run, definition.stage, ordinal)) <= maxDeaths,
    leave: (ordinal) => store.leaveQuarantine(run, definition.stage, ordinal),
  })

  const runOf = async (id: string): Promise<Run | null> => {
    const known = runs.get(id)
    if (known !== undefined) {
      const state = await store.state(id)
      if (state !== null) return { ...known, ...state }
      runs.delete(id)
      return null
    }
    const run = await store.find(id)
    if (run !== null) runs.set(id, run)
    return run
  }

  const selectorsOf = (run: string) => {
    const loading = selectors.get(run) ?? store.selectors(run)
    selectors.set(run, loading)
    loading.catch(() => selectors.delete(run))
    return loading
  }

  const handOver = async (batch: Batch, run: Run): Promise<void> => {
    const next = stageAfter(definition.stage)
    if (next === null)
      throw new IdiolectError('internal', `${definition.stage} is the last stage and delivers its batches itself`)
    for (const part of cutBatch(batch, run.config.batch.records)) await queues.add(next, part)
  }
  const deliver = options.deliver ?? handOver

  const widen = (batches: number): void => {
    if (batches > worker.concurrency) worker.concurrency = batches
  }

  const takeThrough = async (job: Job, token: string | undefined, signal: AbortSignal): Promise<BatchOutcome> => {
    const startedAt = performance.now()
    const batch = batchSchema.parse(job.data)
    const about = { run: batch.run, first: batch.first, count: batch.count }
    const drop = (status: string | null): BatchOutcome => {
      selectors.delete(batch.run)
      log.warn({ ...about, status: status ?? 'unknown' }, 'batch of a run that is not under way dropped')
      return { state: 'dropped' }
    }
    const run = await runOf(batch.run)
    if (run === null || !isUnderWay(run.status)) return drop(run?.status ?? null)
    if (run.paused) {
      await job.moveToDelayed(Date.now() + pausedMs, token)
      throw new DelayedError()
    }
    try {
      const endless = job.attemptsStarted - job.attemptsMade - 1
      const isSuspect = endless >= startsTogether
      if (isSuspect) log.warn(about, 'batch that was begun often and never ended goes on record by record')
      const work = () =>
        processBatch(definition, batch, {
          run,
          signal,
          attempt: job.attemptsMade + 1,
          frequencies: () => store.frequencies(run.id),
          selectors: () => selectorsOf(run.id),
          widen,
          quarantine: isSuspect ? quarantineOf(run.id) : null,
        })
      const processed = await (isSuspect ? alone(work) : shared(work))
      // What comes late would lie with its texts on the next queue, where nobody may be left to drop it.
      const status = await store.status(run.id)
      if (!isUnderWay(status)) return drop(status)
      await deliver(processed.batch, run)
      const busyMs = performance.now() - startedAt
      // A stage adds its failures to those of the stages before.
      const failures = processed.batch.failures.filter(({ stage }) => stage === definition.stage)
      const failed = failures.length
      await store.advance(run.id, {
        stage: definition.stage,
        first: batch.first,
        records: batch.count,
        failed,
        busyMs,
        ...processed.usage,
      })
      await options.afterBatch?.(run, store)
      log.debug({ ...about, busyMs: Math.round(busyMs), failed }, 'batch done')
      const codes = failures.map(({ code }) => code as ErrorCode)
      return { state: 'done', records: batch.count, failures: codes, usage: processed.usage }
    } catch (error) {
      if (!signal.aborted) throw reportableError(error)
      await job.moveToWait(token)
      throw new WaitingError()
    }
  }

  // BullMQ makes the signal for a processor that declares three parameters without defaults, and only for such a one.
  const process = (job: Job, token: string | undefined, signal: AbortSignal | undefined): Promise<void> => {
    const isFirst = job.attemptsStarted === 1
    return meter.measure(isFirst ? Math.max(0, Date.now() - job.timestamp) : null, {
      work: () => takeThrough(job, token, signal!),
      thrown: (error) => ({ state: stateOf(error) }),
    })
  }

  const worker = new TellingWorker(definition.stage, process, {
    connection: { ...address.options, maxRetriesPerRequest: null },
    prefix: address.prefix,
    concurrency: options.concurrency,
    lockDuration: lockMs,
    stalledInterval: lockMs / 2,
    maxStalledCount: Number.MAX_SAFE_INTEGER,
    settings: { backoffStrategy: backoffMs },
    onFetched: () => meter.fetched(),
    ...(options.telemetry && { telemetry: options.telemetry }),
  })
  worker.on('error', (error) => {
    // BullMQ's own are plain errors and name jobs alone.
    const { message } = error.name === 'Error' ? error : reportableError(error)
    log.warn({ code: (error as NodeJS.ErrnoException).code }, message)
  })
  worker.on('failed', (job, error) => {
    const about = { job: job?.id, attempt: job?.attemptsMade }
    log.warn(about, `batch failed, will be tried again: ${error.message}`)
    log.debug(about, error.stack)
  })
  worker.on('stalled', (job) => log.warn({ job }, 'batch taken over from a worker that went away'))
  await worker.waitUntilReady()
  const report = await startWorkerReport(queues.workforce, {
    stage: definition.stage,
    meter,
    concurrency: () => worker.concurrency,
  })
  worker.run().catch((error) => worker.emit('error', error as Error))
  log.info({ stage: definition.stage, concurrency: options.concurrency }, 'ready')

  return {
    concurrency: () => worker.concurrency,
    async close() {
      const handBack = setTimeout(() => worker.cancelAllJobs('shutting down'), graceMs)
      await worker.close()
      clearTimeout(handBack)
      await report.stop()
      await queues.close()
      log.info({ stage: definition.stage }, 'closed')
    },
  }
}

function stateOf(error: unknown): 'paused' | 'returned' | 'retried' {
  if (error instanceof DelayedError) return 'paused'
  return error instanceof WaitingError ? 'returned' : 'retried'
}
