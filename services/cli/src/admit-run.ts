import { stages } from '@idiolect/contracts/stages'
import { type CommittedPart, listParts, readPart } from '@idiolect/output/parts'
import { isCovered, missingRanges } from '@idiolect/output/ranges'
import { admit } from '@idiolect/runtime/admit'
import { finishIfComplete } from '@idiolect/runtime/finish-run'
import type { Queues } from '@idiolect/runtime/queues'
import type { Run, RunStore, RunSupplies } from '@idiolect/runtime/run-store'

import { batchAuthors } from './batch-authors.ts'
import type { PreparedRun } from './prepare-run.ts'

export type Admission = {
  prepared: Extract<PreparedRun, { state: 'ready' }>
  out: string
  selectors: RunSupplies['selectors']
  /** A run that the same folder held before and that was thrown away. */
  abandoned: string | null
  /** Whether the run ends with this command. */
  attended: boolean
  queues: Queues
  signal: AbortSignal
}

/** Makes the run known to Redis; its progress can be watched from here on. */
export async function createRun({ prepared, out, selectors, abandoned, attended, queues }: Admission): Promise<Run> {
  const { manifest, targets, frequencies } = prepared
  if (abandoned !== null) {
    await queues.store.remove(abandoned, stages)
    await queues.clear(abandoned)
  }
  const run: Run = {
    id: manifest.run,
    config: manifest.config,
    out,
    targets,
    createdAt: Date.now(),
    status: 'admitting',
    paused: false,
    attended,
  }
  if (attended) await queues.store.attend(run.id)
  await queues.store.create(run, { frequencies, selectors })
  return run
}

/**
 * Admits every batch that neither the output folder nor the queues hold: all of them at first, the missing ones when the
 * run is resumed, whatever Redis has forgotten meanwhile. Closes the corpus.
 */
export async function admitRun(run: Run, { prepared, queues, signal }: Admission): Promise<void> {
  const { store } = queues
  const { manifest, corpus } = prepared
  const committed = await listParts(run.out)
  await countCommitted(run, committed, store)
  const gaps = missingRanges([...committed, ...(await queues.inFlight(run.id))], run.targets)
  const authors = corpus.authors(run.config, manifest.limit === null ? {} : { limit: manifest.limit })
  await admit({
    queues,
    run: run.id,
    batches: batchAuthors(authors, { id: run.id, round: manifest.round, config: run.config }),
    windowBytes: run.config.window.bytes,
    skip: (batch) => isCovered(batch, gaps),
    signal,
  })
  await corpus.close()
  await store.setRunning(run.id)
  await finishIfComplete(run, store)
}

/** Lets Redis know what the folder holds. A Redis that still remembers the run has counted the earlier stages itself. */
async function countCommitted(run: Run, parts: CommittedPart[], store: RunStore): Promise<void> {
  const forgotten = (await store.committed(run.id)) === 0
  for (const { first, count, path } of parts) {
    const { failed } = (await readPart(path)).header
    for (const stage of stages) {
      if (!forgotten && stage !== 'collect') continue
      const ofStage = stage === 'collect' ? failed : 0
      await store.advance(run.id, {
        stage,
        first,
        records: count,
        failed: ofStage,
        busyMs: 0,
        promptTokens: 0,
        completionTokens: 0,
      })
    }
  }
}
