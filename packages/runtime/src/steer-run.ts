import { IdiolectError } from '@idiolect/contracts/errors'
import { stages } from '@idiolect/contracts/stages'

import type { Queues } from './queues.ts'
import { isUnderWay } from './run-store.ts'

export type Steering = 'pause' | 'resume' | 'cancel'

/**
 * Tells a run under way to wait, to go on, or to leave the queues for good. What is in work is still finished; what a cancelled
 * run has done stays in its folder.
 * @throws IdiolectError `run_unknown`, `usage` where the run is not under way
 */
export async function steerRun(queues: Queues, id: string, steering: Steering): Promise<void> {
  const { status } = await queues.store.get(id)
  if (!isUnderWay(status)) {
    throw new IdiolectError('usage', `run ${id} is ${status}; only a run under way can be told to ${steering}`)
  }
  if (steering !== 'cancel') return queues.store.setPaused(id, steering === 'pause')
  await queues.store.end(id, 'cancelled', stages)
  await queues.clear(id)
}
