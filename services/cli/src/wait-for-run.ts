import { setTimeout as sleep } from 'node:timers/promises'

import { IdiolectError } from '@idiolect/contracts/errors'
import type { Queues } from '@idiolect/runtime/queues'
import { type RunObservation, runObserver } from '@idiolect/runtime/run-progress'
import { isUnderWay } from '@idiolect/runtime/run-store'

const pollMs = 500

export type WaitOptions = {
  onProgress: (observation: RunObservation) => void
  signal: AbortSignal
  /** Keep telling Redis that the run's command is there. */
  attend?: boolean
}

/**
 * Resolves with the last observation when the run has finished; shows the others on the way.
 * @throws IdiolectError `run_unknown` where Redis has lost the run, `internal` where somebody suspended or cancelled it
 */
export async function waitForRun(
  queues: Queues,
  id: string,
  { onProgress, signal, attend = false }: WaitOptions,
): Promise<RunObservation> {
  const observer = runObserver(queues)
  for (;;) {
    signal.throwIfAborted()
    const run = await queues.store.find(id)
    if (run === null)
      throw new IdiolectError('run_unknown', 'Redis has lost the run; the same command again finishes it')
    const [observation] = await observer.observe([run])
    onProgress(observation!)
    if (attend) await queues.store.attend(id)
    if (run.status === 'finished') return observation!
    if (!isUnderWay(run.status)) throw new IdiolectError('internal', `run ${id} was ${run.status}`)
    await sleep(pollMs, undefined, { signal })
  }
}
