import type { Queues } from './queues.ts'
import { isUnderWay } from './run-store.ts'

/**
 * Takes a run off the queues; its command resumes it from what the output folder holds. Of a run that has ended only what workers
 * have left is removed: a batch that was taken over from somebody who then finished it all the same.
 */
export async function suspendRun(queues: Queues, id: string): Promise<void> {
  if (isUnderWay(await queues.store.status(id))) await queues.store.suspend(id)
  await queues.clear(id)
}

/** Suspends the runs whose commands were killed, so that the workers of another run do not go on with them. */
export async function suspendAbandonedRuns(queues: Queues): Promise<void> {
  for (const run of await queues.store.list()) {
    if (await queues.store.isAbandoned(run)) await suspendRun(queues, run.id)
  }
}
