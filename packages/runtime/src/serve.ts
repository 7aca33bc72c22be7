import { type Batch, batchSchema } from '@idiolect/contracts/batch'
import { IdiolectError } from '@idiolect/contracts/errors'
import { reportableError } from '@idiolect/contracts/reportable-error'
import { stageAfter } from '@idiolect/contracts/stages'
import { DelayedError, type Job, WaitingError, Worker } from 'bullmq'
import type { Logger } from 'pino'

import { cutBatch } from './cut-batch.ts'
import { processBatch, type Quarantine, type StageDefinition } from './process-batch.ts'
import { backoffMs, openQueues } from './queues.ts'
import type { RedisAddress } from './redis-address.ts'
import { isUnderWay, type Run, type RunStore, type RunSupplies } from './run-store.ts'
import { turnstile } from './turnstile.ts'

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
}

export type Service = { close(): Promise<void> }

/**
 * Consumes one stage's queue until closed: batch in, stage, batch to the next queue, batch counted, job done, in this
 * order. A crash between any two of these repeats the batch; the hand-over and the count ignore the repetition.
 * @throws IdiolectError `redis_unreachable`
 */
export async function serve<In, Out>(options: ServeOptions<In, Out>): Promise<Service> {
  const { definition, log, address, lockMs = defaultLockMs } = options
  const queues = await openQueues(address)
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

  // BullMQ makes the signal for a processor that declares three parameters without defaults, and only for such a one.
  const process = async (job: Job, token: string | undefined, stop: AbortSignal | undefined): Promise<void> => {
    const startedAt = performance.now()
    const signal = stop!
    const batch = batchSchema.parse(job.data)
    const about = { run: batch.run, first: batch.first, count: batch.count }
    const drop = (status: string | null): void => {
      selectors.delete(batch.run)
      log.warn({ ...about, status: status ?? 'unknown' }, 'batch of a run that is not under way dropped')
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
      const failed = processed.batch.failures.length - batch.failures.length
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
    } catch (error) {
      if (!signal.aborted) throw reportableError(error)
      await job.moveToWait(token)
      throw new WaitingError()
    }
  }

  const worker = new Worker(definition.stage, process, {
    connection: { ...address.options, maxRetriesPerRequest: null },
    prefix: address.prefix,
    concurrency: options.concurrency,
    lockDuration: lockMs,
    stalledInterval: lockMs / 2,
    maxStalledCount: Number.MAX_SAFE_INTEGER,
    settings: { backoffStrategy: backoffMs },
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
  log.info({ stage: definition.stage, concurrency: options.concurrency }, 'ready')

  return {
    async close() {
      const handBack = setTimeout(() => worker.cancelAllJobs('shutting down'), graceMs)
      await worker.close()
      clearTimeout(handBack)
      await queues.close()
      log.info({ stage: definition.stage }, 'closed')
    },
  }
}
