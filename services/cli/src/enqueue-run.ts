import type { Queues } from '@idiolect/runtime/queues'

import { admitRun, createRun } from './admit-run.ts'
import { openFolder, prepareRun, type RunRequest } from './prepare-run.ts'
import type { RunDisplay } from './run-display.ts'
import { waitForRun } from './wait-for-run.ts'

export type EnqueueOptions = { wait: boolean; fresh: boolean; queues: Queues; display: RunDisplay; signal: AbortSignal }

/**
 * The source alone: puts what the folder lacks on the queues. Returns the run's id, or null where the folder is finished.
 * It lasts until everything is admitted, since the window lets batches in only as others leave.
 */
export async function enqueueRun(request: RunRequest, options: EnqueueOptions): Promise<string | null> {
  const { queues, display, signal } = options
  const opened = await openFolder(request, options.fresh)
  display.phase('Reading the input')
  const prepared = await prepareRun(request, opened, signal)
  if (prepared.state === 'finished') return null
  try {
    const { out, selectors } = request
    const admission = { prepared, out, selectors, abandoned: opened.abandoned, attended: false, queues, signal }
    const run = await createRun(admission)
    display.phase(`Admitting ${run.id}`)
    await admitRun(run, admission)
    if (options.wait) await waitForRun(queues, run.id, { onProgress: display.update, signal })
    return run.id
  } finally {
    display.stop()
    await prepared.corpus.close()
  }
}
