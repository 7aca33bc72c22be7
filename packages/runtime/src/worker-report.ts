import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'

import type { Stage } from '@idiolect/contracts/stages'

import type { BatchMeter, Totals } from './batch-meter.ts'
import { slotMs, type WorkerObservation } from './observe-workers.ts'
import type { WorkforceStore } from './workforce-store.ts'

const reportMs = 5_000

// A Redis that is away does not hold a worker up that closes.
const leaveMs = 1_000

/**
 * Tells Redis each 5 s that this worker is there and what it has done since: one transaction. What cannot be told is told with the next
 * report; what is not told before the process is killed is lost, as it is statistics only.
 */
export async function startWorkerReport(
  workforce: WorkforceStore,
  { stage, meter, concurrency }: { stage: Stage; meter: BatchMeter; concurrency: () => number },
): Promise<{ stop(): Promise<void> }> {
  const id = randomUUID()
  const startedAt = await workforce.nowMs()
  let told = meter.totals()
  let toldAt = meter.state().nowMs
  let busyShare = 0
  let telling: Promise<void> | null = null

  const tell = async (): Promise<void> => {
    const atMs = await workforce.nowMs()
    const totals = meter.totals()
    const { nowMs, active, lastEndAt } = meter.state()
    if (nowMs > toldAt) busyShare = Math.min(1, (totals.busyMs - told.busyMs) / (nowMs - toldAt))
    const line: Omit<WorkerObservation, 'id'> = {
      stage,
      host: hostname(),
      pid: process.pid,
      startedAt,
      seenAt: atMs,
      concurrency: concurrency(),
      active,
      batches: totals.batches,
      records: totals.records,
      busyShare,
      retries: totals.retries,
      lastProgressAt: Math.max(startedAt, atMs - Math.round(nowMs - lastEndAt)),
    }
    const added = differences(stage, told, totals)
    await workforce.report(id, JSON.stringify(line), { slot: Math.floor(atMs / slotMs), added })
    told = totals
    toldAt = nowMs
  }

  // A Redis that is away holds one report up, not one each 5 s.
  const tellUnlessTelling = (): void => {
    telling ??= tell()
      .catch(() => undefined)
      .finally(() => {
        telling = null
      })
  }

  await tell()
  const timer = setInterval(tellUnlessTelling, reportMs)
  timer.unref()
  return {
    async stop() {
      clearInterval(timer)
      const leave = async () => {
        await telling
        await tell()
        await workforce.remove([id])
      }
      await Promise.race([leave().catch(() => undefined), sleep(leaveMs, undefined, { ref: false })])
    },
  }
}

/** What has been added, under the names that the history's fields have. */
function differences(stage: Stage, before: Totals, now: Totals): [string, number][] {
  const flat = ({ runBuckets, waitBuckets, ...figures }: Totals): [string, number][] => [
    ...Object.entries(figures),
    ...runBuckets.map((count, index): [string, number] => [`run${index}`, count]),
    ...waitBuckets.map((count, index): [string, number] => [`wait${index}`, count]),
  ]
  const earlier = new Map(flat(before))
  return flat(now)
    .map(([figure, count]): [string, number] => [
      `${stage}:${figure}`,
      Math.round(count) - Math.round(earlier.get(figure)!),
    ])
    .filter(([, added]) => added !== 0)
}
