import type { Stage } from '@idiolect/contracts/stages'
import { quantileSeconds } from '@idiolect/runtime/observe-workers'
import type { StageObservation } from '@idiolect/runtime/run-progress'
import { isUnderWay } from '@idiolect/runtime/run-store'

import type { RunView, Workforce } from '../../feed/run-view.ts'

/**
 * unmanned: something waits and no worker of the stage is alive; holding: the run waits longest for this stage;
 * working, waiting (for what comes, or paused), through (with all targets), ended: nothing moves any more.
 */
export type StageState = 'unmanned' | 'holding' | 'working' | 'waiting' | 'through' | 'ended'

export type StageFigures = StageObservation & {
  state: StageState
  /** Living processes of the stage, which serve all runs, and on which hosts they are. */
  workers: number
  hosts: { host: string; workers: number }[]
  /** 0 … 1 over the last report's time; null without workers. */
  busyShare: number | null
  /** Over the last hour, all runs together. */
  retries: number
  /** Seconds from the start of a batch to its end, over the last ten minutes, all runs together. */
  p50Seconds: number | null
  p95Seconds: number | null
}

const quantileWindowMs = 600_000

/** What is told of each stage on the page of a run, in the order of the pipeline. */
export function stageFigures(run: RunView, workforce: Workforce): StageFigures[] {
  const figures = run.stages.map((stage) => ({ ...stage, ...ofWorkers(stage.stage, workforce) }))
  const live = isUnderWay(run.status)
  const slowest = live && !run.paused ? holdingStage(figures) : null
  return figures.map((stage) => ({ ...stage, state: stateOf(stage, run, { live, slowest }) }))
}

type Counted = Omit<StageFigures, 'state'>

function ofWorkers(stage: Stage, { workers, history }: Workforce) {
  const staff = workers.filter((worker) => worker.stage === stage)
  const hosts = new Map<string, number>()
  for (const { host } of staff) hosts.set(host, (hosts.get(host) ?? 0) + 1)
  const slots = history[stage]
  const since = (slots.at(-1)?.atMs ?? 0) - quantileWindowMs
  const buckets = slots
    .filter(({ atMs }) => atMs > since)
    .reduce<number[]>((sums, { runBuckets }) => runBuckets.map((count, index) => count + (sums[index] ?? 0)), [])
  return {
    workers: staff.length,
    hosts: [...hosts]
      .map(([host, count]) => ({ host, workers: count }))
      .sort((a, b) => b.workers - a.workers || (a.host < b.host ? -1 : 1)),
    busyShare: staff.length === 0 ? null : staff.reduce((sum, { busyShare }) => sum + busyShare, 0) / staff.length,
    retries: slots.reduce((sum, slot) => sum + slot.retries, 0),
    p50Seconds: buckets.length === 0 ? null : quantileSeconds(buckets, 0.5),
    p95Seconds: buckets.length === 0 ? null : quantileSeconds(buckets, 0.95),
  }
}

/** The stage whose backlog its workers need longest for; null while nothing waits for a second of work, or for who knows how much. */
function holdingStage(figures: readonly Counted[]): Stage | null {
  if (figures.some(({ backlogRecords, backlogSeconds }) => backlogRecords > 0 && backlogSeconds === null)) return null
  let longest: { stage: Stage; seconds: number } | null = null
  for (const { stage, backlogSeconds, workers } of figures) {
    const seconds = (backlogSeconds ?? 0) / Math.max(1, workers)
    if (seconds >= 1 && seconds > (longest?.seconds ?? 0)) longest = { stage, seconds }
  }
  return longest?.stage ?? null
}

function stateOf(
  stage: Counted,
  run: RunView,
  { live, slowest }: { live: boolean; slowest: Stage | null },
): StageState {
  if (stage.records >= run.targets) return 'through'
  if (!live) return 'ended'
  if (run.paused) return 'waiting'
  if (stage.backlogRecords > 0 && stage.workers === 0) return 'unmanned'
  if (stage.stage === slowest) return 'holding'
  return stage.backlogRecords > 0 ? 'working' : 'waiting'
}
