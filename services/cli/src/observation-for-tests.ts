import { parseConfig } from '@idiolect/contracts/config'
import { stages } from '@idiolect/contracts/stages'
import type { RunObservation } from '@idiolect/runtime/run-progress'

/** A run in the middle: every stage is a little behind the one before. */
export function exampleObservation(fields: Partial<RunObservation> = {}): RunObservation {
  const { targets = 2_000_000, committed = 700_000 } = fields
  const run = { id: 'run-1', config: parseConfig({}), out: '/out', targets, createdAt: 0, attended: false }
  return {
    run: { ...run, status: 'running', paused: false },
    targets,
    committed,
    failed: 1_234,
    promptTokens: 1_234_567_890,
    completionTokens: 45_678_901,
    stages: stages.map((stage, index) => ({
      stage,
      records: Math.min(targets, committed + (stages.length - 1 - index) * 12_345),
      batchesWaiting: 12,
      batchesActive: 2,
      backlogRecords: 12_345,
      batches: 1_000,
      busyMs: 1_000_000,
      backlogSeconds: 4_321 * index,
      recordsPerSecond: 1_234.5,
    })),
    recordsPerSecond: 1_234.5,
    etaSeconds: 7_654,
    ...fields,
  }
}
