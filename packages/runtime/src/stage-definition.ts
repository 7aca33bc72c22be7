import type { ModelIdentity } from '@idiolect/contracts/batch'
import type { Outcome } from '@idiolect/contracts/outcome'
import type { Usage } from '@idiolect/contracts/records'
import type { Stage } from '@idiolect/contracts/stages'
import type { z } from 'zod'

import type { Run, RunSupplies } from './run-store.ts'

export type StageContext = {
  run: Run
  signal: AbortSignal
  /** The run's document frequencies, as the source has counted them. */
  frequencies: () => Promise<Buffer>
  /** The run's trained selectors; the same object for as long as the worker knows the run. */
  selectors: () => Promise<RunSupplies['selectors']>
  /** Asks for at least so many batches in work at a time from now on. */
  widen: (batches: number) => void
}

/** Outcomes in the order of the records; Rank turns one author into a record for each target. */
export type StageResult<Out> = { outcomes: Outcome<Out | Out[]>[]; models?: ModelIdentity[]; usage?: Usage }

/** A stage: what it accepts, and what it does with a list of that. */
export type StageDefinition<In, Out> = {
  stage: Stage
  input: z.ZodType<In>
  process(records: In[], context: StageContext): Promise<StageResult<Out>>
}
