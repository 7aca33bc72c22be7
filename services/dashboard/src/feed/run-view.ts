import { methodNames } from '@idiolect/contracts/methods'
import { type WorkforceObserver, workforceObserver } from '@idiolect/runtime/observe-workers'
import type { Queues } from '@idiolect/runtime/queues'
import { type RunObservation, runObserver, type StageObservation } from '@idiolect/runtime/run-progress'
import type { Run, RunStatus } from '@idiolect/runtime/run-store'

import { withoutCredentials } from './without-credentials.ts'

/** A run as the pages and /api/runs show it: how it goes, and nothing of what anybody wrote. */
export type RunView = {
  id: string
  status: RunStatus
  paused: boolean
  task: string
  method: string
  model: string
  out: string
  /** ISO-8601. */
  createdAt: string
  targets: number
  /** Done and failed together. */
  committed: number
  failed: number
  promptTokens: number
  completionTokens: number
  recordsPerSecond: number | null
  etaSeconds: number | null
  stages: StageObservation[]
}

export type Workforce = Awaited<ReturnType<WorkforceObserver['observe']>>

/** What one look at Redis sees: the newest runs, and the workers and the last hour of all runs together. */
export type Seen = { runs: readonly RunView[]; workforce: Workforce }

// A page of more is no overview; older ones have pages of their own.
const shownRuns = 50

/** Looks at Redis; rates come from what earlier looks saw. */
export function overseer(queues: Queues): () => Promise<Seen> {
  const runs = runObserver(queues)
  const workforce = workforceObserver(queues)
  return async () => {
    const [observations, seen] = await Promise.all([
      queues.store.list(shownRuns).then((listed) => runs.observe(listed)),
      workforce.observe(),
    ])
    return { runs: observations.map(runView), workforce: seen }
  }
}

/** A run as `known` from the newest look, or looked at by itself where it is too old for that. Its status is that of `run`, which may be newer. */
export async function currentView(
  queues: Queues,
  { run, known }: { run: Run; known: readonly RunView[] },
): Promise<RunView> {
  const { status, paused } = run
  const seen = known.find(({ id }) => id === run.id) ?? runView((await runObserver(queues).observe([run]))[0]!)
  return { ...seen, status, paused }
}

function runView(observation: RunObservation): RunView {
  const { run, ...progress } = observation
  return {
    id: run.id,
    status: run.status,
    paused: run.paused,
    task: run.config.task,
    method: methodNames(run.config).join(', '),
    model: withoutCredentials(run.config.generate.model),
    out: run.out,
    createdAt: new Date(run.createdAt).toISOString(),
    ...progress,
  }
}
