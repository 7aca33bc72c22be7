import type { ErrorCode } from '@idiolect/contracts/errors'
import type { Usage } from '@idiolect/contracts/records'

import { bucketBoundsSeconds } from './observe-workers.ts'
import { longestCallMs } from './process-within.ts'
import type { StageDefinition } from './stage-definition.ts'

/**
 * done: handed on. retried: thrown, so that the queue tries it again. returned: handed back by a worker that closes. dropped: of a
 * run that is not under way. paused: put off with its run.
 */
export type BatchOutcome =
  | { state: 'done'; records: number; failures: ErrorCode[]; usage: Usage }
  | { state: 'retried' | 'returned' | 'dropped' | 'paused' }

/** Milliseconds; `waitMs` from when the batch was put on the queue to its first attempt, null for a later one. */
export type BatchTimes = { runMs: number; waitMs: number | null }

const figures = ['batches', 'records', 'failed', 'busyMs', 'retries', 'promptTokens', 'completionTokens'] as const

/** Since the worker started, under the names by which the history knows them. */
export type Totals = Record<(typeof figures)[number], number> & { runBuckets: number[]; waitBuckets: number[] }

export type BatchMeter = ReturnType<typeof batchMeter>

/** What one worker does, as it happens: the one place where its batches are counted and timed. */
export function batchMeter(nowMs: () => number = () => performance.now()) {
  const buckets = () => [...bucketBoundsSeconds, Number.POSITIVE_INFINITY].map(() => 0)
  const totals: Totals = {
    ...(Object.fromEntries(figures.map((figure) => [figure, 0])) as Record<(typeof figures)[number], number>),
    runBuckets: buckets(),
    waitBuckets: buckets(),
  }
  const listeners = new Set<(outcome: BatchOutcome, times: BatchTimes) => void>()
  const deadlines = new Set<{ atMs: number }>()
  let active = 0
  let busySince = 0
  let lastEndAt = nowMs()
  let lastFetchAt: number | null = null

  const count = (outcome: BatchOutcome, { runMs, waitMs }: BatchTimes): void => {
    if (outcome.state === 'paused') return
    if (waitMs !== null) addTo(totals.waitBuckets, waitMs)
    if (outcome.state === 'retried') totals.retries++
    if (outcome.state !== 'done') return
    addTo(totals.runBuckets, runMs)
    totals.batches++
    totals.records += outcome.records
    totals.failed += outcome.failures.length
    totals.promptTokens += outcome.usage.promptTokens
    totals.completionTokens += outcome.usage.completionTokens
  }

  return {
    /** @returns what ends it */
    onBatch(listener: (outcome: BatchOutcome, times: BatchTimes) => void): () => void {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },

    /** Counts a batch that is begun now; `outcome` comes from the work, or from the error that it threw. */
    async measure(
      waitMs: number | null,
      { work, thrown }: { work: () => Promise<BatchOutcome>; thrown: (error: unknown) => BatchOutcome },
    ): Promise<void> {
      const startedAt = nowMs()
      if (active++ === 0) busySince = startedAt
      const end = (outcome: BatchOutcome): void => {
        lastEndAt = nowMs()
        if (--active === 0) totals.busyMs += lastEndAt - busySince
        const times = { runMs: lastEndAt - startedAt, waitMs }
        count(outcome, times)
        for (const listener of listeners) listener(outcome, times)
      }
      try {
        end(await work())
      } catch (error) {
        end(thrown(error))
        throw error
      }
    },

    /** The stage, with each of its calls known for as long as it may take. */
    timed<In, Out>(definition: StageDefinition<In, Out>): StageDefinition<In, Out> {
      return {
        ...definition,
        async process(records, context) {
          const deadline = { atMs: nowMs() + longestCallMs(records.length) }
          deadlines.add(deadline)
          try {
            return await definition.process(records, context)
          } finally {
            deadlines.delete(deadline)
          }
        },
      }
    },

    /** Redis has answered the question for work, with some or with none. */
    fetched(): void {
      lastFetchAt = nowMs()
    },

    totals(): Totals {
      const running = active === 0 ? 0 : nowMs() - busySince
      return {
        ...totals,
        busyMs: totals.busyMs + running,
        runBuckets: [...totals.runBuckets],
        waitBuckets: [...totals.waitBuckets],
      }
    },

    /** Milliseconds on the meter's clock. */
    state() {
      const now = nowMs()
      return {
        nowMs: now,
        active,
        lastEndAt,
        lastFetchAt,
        /** Whether a stage's call is under way that is still within its limit. */
        isInTime: [...deadlines].some(({ atMs }) => atMs > now),
      }
    },
  }
}

function addTo(buckets: number[], ms: number): void {
  const index = bucketBoundsSeconds.findIndex((bound) => ms / 1000 <= bound)
  const at = index === -1 ? bucketBoundsSeconds.length : index
  buckets[at] = buckets[at]! + 1
}
