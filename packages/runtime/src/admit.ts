import { setTimeout as sleep } from 'node:timers/promises'

import type { Batch } from '@idiolect/contracts/batch'
import { IdiolectError } from '@idiolect/contracts/errors'
import { firstStage } from '@idiolect/contracts/stages'

import type { Queues } from './queues.ts'
import type { RunStatus } from './run-store.ts'

const pollMs = 50

// What a byte of a batch takes in Redis: measured 1.07 on average, up to 1.25 by the allocator's size classes, and twice
// while a batch is handed from one queue to the next.
const redisBytesPerByte = 1.25

export type AdmitOptions = {
  queues: Queues
  run: string
  /** In the order of their ordinals, each with an upper bound of what it will weigh in Redis. */
  batches: AsyncIterable<{ batch: Batch; bytes: number }>
  windowBytes: number
  /** Targets that need no work: committed already, or on the queues. */
  skip: (batch: Batch) => boolean
  signal?: AbortSignal
  onAdmitted?: (targets: number) => void
}

/**
 * The only place that slows a run down: a batch enters while the batches between here and the output folder weigh less
 * than the window, so that Redis does not grow with the corpus. What is still inside follows from how many targets the
 * collector has counted since: batches leave about in the order in which they came.
 * @throws IdiolectError `internal` where somebody cancels the run meanwhile
 */
export async function admit(options: AdmitOptions): Promise<void> {
  const { queues, run, windowBytes, signal } = options
  const inside: { targets: number; bytes: number }[] = []
  let insideBytes = 0
  let admitted = 0
  let gone = 0
  const committedBefore = await queues.store.committed(run)

  const forget = async (): Promise<void> => {
    const committed = (await queues.store.committed(run)) - committedBefore
    while (inside.length > 0 && gone + inside[0]!.targets <= committed) {
      const { targets, bytes } = inside.shift()!
      gone += targets
      insideBytes -= bytes
    }
  }

  // A run that nobody works on leaves no room for more.
  const refuseEnded = async (status: RunStatus | null): Promise<void> => {
    if (status !== 'cancelled' && status !== 'suspended') return
    await queues.clear(run)
    throw new IdiolectError('internal', `run ${run} was ${status}`)
  }

  for await (const { batch, bytes: batchBytes } of options.batches) {
    const bytes = batchBytes * redisBytesPerByte
    signal?.throwIfAborted()
    if (!options.skip(batch)) {
      while (inside.length > 0 && insideBytes + bytes > windowBytes) {
        await refuseEnded(await queues.store.status(run))
        await forget()
        if (insideBytes + bytes > windowBytes && inside.length > 0)
          await sleep(pollMs, undefined, signal ? { signal } : {})
      }
      await queues.add(firstStage, batch)
      await refuseEnded(await queues.store.setAdmitted(run, admitted + batch.count))
      inside.push({ targets: batch.count, bytes })
      insideBytes += bytes
    }
    admitted += batch.count
    options.onAdmitted?.(admitted)
  }
}
