import { z } from 'zod'

import { failureSchema } from './records.ts'

/**
 * What a queue carries: a batch of records that covers the targets `first` … `first + count - 1` of its run.
 * Invariant: the targets in `records` and the failures in `failures` together are exactly that range, each once.
 * Records are checked one by one at the door of the stage, so that a bad one fails alone.
 */
export const batchSchema = z.object({
  run: z.string(),
  first: z.int().nonnegative(),
  count: z.int().positive(),
  /** How often the source has admitted this part of the run: 0 at first, one more after each resume that missed it. */
  round: z.int().nonnegative(),
  records: z.array(z.unknown()),
  failures: z.array(failureSchema),
})
export type Batch = z.infer<typeof batchSchema>
