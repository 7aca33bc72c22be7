import type { Batch } from '@idiolect/contracts/batch'
import type { GeneratedTarget } from '@idiolect/contracts/records'
import { generationRow } from '@idiolect/output/generation-row'
import { commitPart } from '@idiolect/output/parts'
import type { Run } from '@idiolect/runtime/run-store'

/** Puts a batch into the run's output folder; the same batch again changes nothing. */
export async function collectBatch(batch: Batch, run: Run): Promise<void> {
  const { first, count, failures, models } = batch
  const rows = (batch.records as GeneratedTarget[]).map(generationRow)
  await commitPart(run.out, { first, count, rows, failures, models })
}
