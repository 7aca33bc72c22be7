import type { BatchMeter } from './batch-meter.ts'

export type WorkerHealth = {
  alive: boolean
  /** What is wrong, for people; null where nothing is. */
  problem: string | null
  batchesInWork: number
  /** Since Redis last answered the question for work; null before the first time. */
  secondsSinceFetch: number | null
  /** Since a batch last came to an end, well or not; before the first, since the start. */
  secondsSinceBatch: number
}

/**
 * A worker is alive while Redis answers its question for work (which it asks each 5 s where there is none), or it ends batches, each
 * at least every `silenceMs`, or a stage is at work within its limit. That its event loop runs is shown by the answer itself.
 */
export function workerHealth(meter: BatchMeter, silenceMs: number): WorkerHealth {
  const { nowMs, active, lastEndAt, lastFetchAt, isInTime } = meter.state()
  const quietMs = nowMs - Math.max(lastEndAt, lastFetchAt ?? lastEndAt)
  const alive = quietMs <= silenceMs || isInTime
  return {
    alive,
    problem: alive ? null : problemOf(active, Math.round(quietMs / 1000)),
    batchesInWork: active,
    secondsSinceFetch: lastFetchAt === null ? null : Math.round((nowMs - lastFetchAt) / 1000),
    secondsSinceBatch: Math.round((nowMs - lastEndAt) / 1000),
  }
}

function problemOf(active: number, quietSeconds: number): string {
  const silent = `Redis has not answered the question for work, and no batch has ended, for ${quietSeconds} s`
  if (active === 0) return silent
  return `${silent}; no stage is at work within its limit on the ${active} in work`
}
