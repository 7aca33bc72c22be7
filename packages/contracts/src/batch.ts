import { z } from 'zod'

import { failureSchema } from './records.ts'

/** Which model made something; the digest says which exact files, and is empty where a server does not tell. */
export const modelIdentitySchema = z.object({ name: z.string(), digest: z.string() })
export type ModelIdentity = z.infer<typeof modelIdentitySchema>

/**
 * What a queue carries: a batch of records that covers the targets `first` … `first + count - 1` of its run.
 * Invariant: the targets in `records` and the failures in `failures` together are exactly that range, each once.
 * Records are checked one by one at the door of the stage, so that a bad one fails alone.
 */
export const batchSchema = z.object({
  run: z.string(),
  first: z.int().nonnegative(),
  count: z.int().positive(),
  /** How often the source had resumed the run when it admitted this batch. */
  round: z.int().nonnegative(),
  records: z.array(z.unknown()),
  failures: z.array(failureSchema),
  /** By stage, the models that made what the records hold so far. */
  models: z.record(z.string(), z.array(modelIdentitySchema)),
})
export type Batch = z.infer<typeof batchSchema>
