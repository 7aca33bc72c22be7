import { methodNames } from '@idiolect/contracts/methods'
import type { RunObservation, StageObservation } from '@idiolect/runtime/run-progress'
import type { RunStatus } from '@idiolect/runtime/run-store'

/** A run as the page and /api/runs show it: how it goes, and nothing of what anybody wrote. */
export type RunView = {
  id: string
  status: RunStatus
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

export function runView(observation: RunObservation): RunView {
  const { run, ...progress } = observation
  return {
    id: run.id,
    status: run.status,
    task: run.config.task,
    method: methodNames(run.config).join(', '),
    model: withoutCredentials(run.config.generate.model),
    out: run.out,
    createdAt: new Date(run.createdAt).toISOString(),
    ...progress,
  }
}

/** A model can be named by a URL, and a URL can hold a password. */
function withoutCredentials(model: string): string {
  return model.replace(/\/\/[^/@]*@/, '//')
}
