import { type Stage, stages } from '@idiolect/contracts/stages'

import type { Queues } from './queues.ts'
import type { Progress, Run } from './run-store.ts'

/** How many records each stage had done at a moment of a monotonic clock. */
export type Sample = { atMs: number; records: Record<Stage, number> }

export type StageObservation = {
  stage: Stage
  /** Targets of the run that this stage is through with, failed ones included. */
  records: number
  /** On the stage's queue, of all runs together; waiting includes batches that wait for another attempt. */
  batchesWaiting: number
  batchesActive: number
  /** Targets of the run that have come to this stage and are not through. */
  backlogRecords: number
  /** Batches of the run, and how long they were in work in all, those side by side each counted. */
  batches: number
  busyMs: number
  /** How long the backlog takes, one batch at a time, if it goes on as it has. null where the stage has not done anything yet. */
  backlogSeconds: number | null
  /** null until two samples are a second apart. */
  recordsPerSecond: number | null
}

export type RunObservation = {
  run: Run
  targets: number
  /** Targets that the output folder holds, done and failed together. */
  committed: number
  failed: number
  promptTokens: number
  completionTokens: number
  /** In the order of the pipeline. */
  stages: StageObservation[]
  recordsPerSecond: number | null
  /** null while it cannot be told: nothing has reached the output lately. 0 once everything has. */
  etaSeconds: number | null
}

const rateWindowMs = 15_000
// The time left should not jump with every batch; it is also as far back as a slow stage's last batches are looked for.
const etaWindowMs = 120_000
const shortestSpanMs = 1_000
// Records come a batch at a time: with fewer batches than this in the window the rate would swing between none and twice.
const fewestAdvances = 4

const lastStage = stages[stages.length - 1]!

/**
 * Records a second of one stage over the last `windowMs`, or over as much more as it takes to see four batches; counted
 * from its first batch on, since loading a model is no work done. `samples` are in the order of time.
 * null where they span less than a second or show that first batch alone.
 */
export function recordsPerSecond(samples: readonly Sample[], stage: Stage, windowMs = rateWindowMs): number | null {
  const last = samples.at(-1)
  if (last === undefined) return null
  let from = last
  let advances = 0
  for (let index = samples.length - 2; index >= 0; index--) {
    const sample = samples[index]!
    if (last.atMs - sample.atMs > windowMs && advances >= fewestAdvances) break
    if (sample.records[stage] === 0 && last.records[stage] > 0) {
      if (advances === 0) return null
      break
    }
    if (sample.records[stage] < from.records[stage]) advances++
    from = sample
  }
  const spanMs = last.atMs - from.atMs
  return spanMs < shortestSpanMs ? null : Math.max(0, ((last.records[stage] - from.records[stage]) / spanMs) * 1000)
}

/**
 * Seconds until the last stage is through with all targets: what the slowest stage needs for what it still has to do.
 * A stage that stands still does not count as long as records come out at the end: back-pressure holds it.
 */
export function etaSeconds(samples: readonly Sample[], targets: number): number | null {
  const records = samples.at(-1)?.records
  if (records === undefined) return null
  if (records[lastStage] >= targets) return 0
  const needed = stages.flatMap((stage) => {
    const rate = recordsPerSecond(samples, stage, etaWindowMs)
    return rate === null || rate === 0 ? [] : [(targets - records[stage]) / rate]
  })
  return recordsPerSecond(samples, lastStage, etaWindowMs) ? Math.max(...needed) : null
}

export type RunObserver = { observe(runs: readonly Run[]): Promise<RunObservation[]> }

/**
 * Watches runs: rates and time left come from what earlier calls saw, so call it about once a second.
 * A call costs Redis one small command a run and one a stage, whatever the size of the runs.
 */
export function runObserver(queues: Queues, nowMs: () => number = () => performance.now()): RunObserver {
  const samplesOf = new Map<string, Sample[]>()

  const remember = (id: string, sample: Sample): Sample[] => {
    const earlier = samplesOf.get(id) ?? []
    // A run that is begun anew under its id counts from nought again.
    const same = earlier.every(({ records }) => records[lastStage] <= sample.records[lastStage])
    const samples = [...(same ? earlier : []), sample].filter(({ atMs }) => atMs >= sample.atMs - etaWindowMs)
    samplesOf.set(id, samples)
    return samples
  }

  return {
    async observe(runs) {
      const [depths, progresses] = await Promise.all([
        queueDepths(queues),
        Promise.all(runs.map((run) => queues.store.progress(run.id))),
      ])
      const atMs = nowMs()
      for (const id of samplesOf.keys()) if (!runs.some((run) => run.id === id)) samplesOf.delete(id)
      return runs.map((run, index) => {
        const { stages: counts, admitted, ...progress } = progresses[index]!
        const records = byStage((stage) => counts[stage]?.records ?? 0)
        const samples = remember(run.id, { atMs, records })
        return {
          run,
          targets: run.targets,
          committed: records[lastStage],
          ...progress,
          stages: stages.map((stage) => ({
            stage,
            records: records[stage],
            ...depths[stage],
            ...backlog(progresses[index]!, stage),
            recordsPerSecond: recordsPerSecond(samples, stage),
          })),
          recordsPerSecond: recordsPerSecond(samples, lastStage),
          etaSeconds: etaSeconds(samples, run.targets),
        }
      })
    },
  }
}

type Backlog = Pick<StageObservation, 'backlogRecords' | 'batches' | 'busyMs' | 'backlogSeconds'>

/** What the stage before has done has come to this one, and to the first what the source has let in. */
function backlog({ stages: counts, admitted }: Progress, stage: Stage): Backlog {
  const { records, batches, busyMs } = counts[stage] ?? { records: 0, batches: 0, busyMs: 0 }
  const before = stages[stages.indexOf(stage) - 1]
  const arrived = before === undefined ? admitted : (counts[before]?.records ?? 0)
  // A batch is counted after it has been handed on, so the next stage may be ahead.
  const backlogRecords = Math.max(0, arrived - records)
  const backlogSeconds = busyMs === 0 ? null : (backlogRecords * busyMs) / records / 1000
  return { backlogRecords, batches, busyMs, backlogSeconds }
}

type Depth = Pick<StageObservation, 'batchesWaiting' | 'batchesActive'>

async function queueDepths(queues: Queues): Promise<Record<Stage, Depth>> {
  const depths = await Promise.all(
    stages.map(async (stage): Promise<Depth> => {
      const { wait = 0, active = 0, delayed = 0 } = await queues.queue(stage).getJobCounts('wait', 'active', 'delayed')
      return { batchesWaiting: wait + delayed, batchesActive: active }
    }),
  )
  return byStage((stage) => depths[stages.indexOf(stage)]!)
}

function byStage<T>(value: (stage: Stage) => T): Record<Stage, T> {
  return Object.fromEntries(stages.map((stage) => [stage, value(stage)])) as Record<Stage, T>
}
