import { stages } from '@idiolect/contracts/stages'
import { finalizeRun } from '@idiolect/output/finalize'

import type { Run, RunStore } from './run-store.ts'

/**
 * Finishes a run whose every target has been committed and whose source has admitted everything; otherwise does nothing.
 * The collector calls it after each batch and the source after the last one, so whichever comes later finds both true.
 * It may be repeated, and two may be at it at once.
 */
export async function finishIfComplete(run: Run, store: RunStore): Promise<void> {
  if ((await store.committed(run.id)) < run.targets || (await store.status(run.id)) !== 'running') return
  const { admitted: _, ...progress } = await store.progress(run.id)
  await finalizeRun(run.out, { wallMs: Date.now() - run.createdAt, ...progress })
  await store.end(run.id, 'finished', stages)
}
