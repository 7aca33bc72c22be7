import { setTimeout as sleep } from 'node:timers/promises'

import { IdiolectError } from '@idiolect/contracts/errors'
import type { Queues } from '@idiolect/runtime/queues'
import { type RunObservation, runObserver } from '@idiolect/runtime/run-progress'

const pollMs = 500

/**
 * Resolves with the last observation when the run has finished; shows the others on the way.
 * @throws IdiolectError `run_unknown` where Redis has lost the run, `internal` where somebody cancelled it
 */
export async function waitForRun(
  queues: Queues,
  id: string,
  { onProgress, signal }: { onProgress: (observation: RunObservation) => void; signal: AbortSignal },
): Promise<RunObservation> {
  const observer = runObserver(queues)
  for (;;) {
    signal.throwIfAborted()
    const run = await queues.store.find(id)
    if (run === null)
      throw new IdiolectError('run_unknown', 'Redis has lost the run; the same command again finishes it')
    const [observation] = await observer.observe([run])
    onProgress(observation!)
    if (run.status === 'finished') return observation!
    if (run.status === 'cancelled') throw new IdiolectError('internal', `run ${id} was cancelled`)
    await sleep(pollMs, undefined, { signal })
  }
}
