import type { Batch } from '@idiolect/contracts/batch'
import type { GeneratedTarget } from '@idiolect/contracts/records'
import { commitPart } from '@idiolect/output/parts'
import { rowsOfTarget } from '@idiolect/output/rows-of-target'
import type { Run } from '@idiolect/runtime/run-store'

/** Puts a batch into the run's output folder; the same batch again changes nothing. */
export async function collectBatch(batch: Batch, run: Run): Promise<void> {
  const { first, count, failures, models } = batch
  const rows = (batch.records as GeneratedTarget[]).flatMap((record) => rowsOfTarget(record, run.config))
  await commitPart(run.out, { first, count, rows, failures, models })
}
