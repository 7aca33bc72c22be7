import type { Batch } from '@idiolect/contracts/batch'

import { targetsOf } from './process-batch.ts'

/**
 * Cuts a batch that has grown beyond `maxTargets` (an author may have many targets) into consecutive ranges of at most
 * that many. The cut follows from the ordinals alone, so the same batch is cut alike whenever it is processed again.
 */
export function cutBatch(batch: Batch, maxTargets: number): Batch[] {
  const splittable = batch.records.every((record) => targetsOf(record).length === 1)
  if (batch.count <= maxTargets || !splittable) return [batch]
  const parts: Batch[] = []
  for (let first = batch.first; first < batch.first + batch.count; first += maxTargets) {
    const count = Math.min(maxTargets, batch.first + batch.count - first)
    const within = (ordinal: number) => ordinal >= first && ordinal < first + count
    parts.push({
      ...batch,
      first,
      count,
      records: batch.records.filter((record) => within(targetsOf(record)[0]!.ordinal)),
      failures: batch.failures.filter((failure) => within(failure.ordinal)),
    })
  }
  return parts
}
