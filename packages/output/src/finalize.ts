import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'

import type { ModelIdentity } from '@idiolect/contracts/batch'
import { outputConfig } from '@idiolect/contracts/config'
import { IdiolectError } from '@idiolect/contracts/errors'

import { finishDataset } from './finish-dataset.ts'
import { finishTables } from './finish-tables.ts'
import { type OutputFolder, outputFolder } from './folder.ts'
import { type FinishedRun, type Manifest, readFolder } from './manifest.ts'
import { listParts, type PartHeader } from './parts.ts'
import { missingRanges } from './ranges.ts'
import { countTables, targetRows } from './table-counts.ts'
import { keepForRetry, removeWork } from './work-folder.ts'
import { writeAtomically } from './write-atomically.ts'

/**
 * Makes the finished files of a run whose parts are all there: the data in the order of the parts, then what is said about it, and
 * `run.json` as the last. What a retry of failed records needs stays in the work folder. A folder that is finished already is left as it is; a crash at any point is mended by a repetition, and
 * two processes may be at it at once.
 * @throws IdiolectError `internal` where a part is missing or rows are, `output_unwritable`
 */
export async function finalizeRun(dir: string, timings: object): Promise<void> {
  const folder = outputFolder(dir)
  const found = await readFolder(dir)
  if (found.state !== 'unfinished') return
  try {
    // In the work folder, which goes when the run is finished, and with it what any crash has left.
    const staging = await mkdtemp(join(folder.work, 'finishing-'))
    const failed = await writeFinishedFiles(folder, { manifest: found.manifest, staging, timings })
    await (failed > 0 ? keepForRetry(folder) : removeWork(folder))
  } catch (error) {
    // Another process was faster and has cleared the parts away.
    if ((await readFolder(dir)).state === 'finished') return
    throw error
  }
}

type Finishing = { manifest: Manifest; staging: string; timings: object }

/** @returns how many targets were given up */
async function writeFinishedFiles(folder: OutputFolder, { manifest, staging, timings }: Finishing): Promise<number> {
  const { counts, config, versions, limit, inputs, requests, selectors } = manifest
  const targets = counts.targets ?? 0
  const parts = await listParts(folder.dir)
  const [gap] = missingRanges(parts, targets)
  if (gap !== undefined) {
    const last = gap.first + gap.count - 1
    throw new IdiolectError('internal', `${folder.dir}: targets ${gap.first} to ${last} are missing`)
  }

  const headers = startHeaders()
  const { files, ...tables } = await finishTables(parts, { folder, staging, config }, headers.add)
  const { failed, forgotten, models } = headers.result()
  const done = targetRows(tables.rows)
  if (done + failed + forgotten !== targets) {
    throw new IdiolectError(
      'internal',
      `${folder.dir}: ${done} rows and ${failed} failures do not make ${targets} targets${forgotten > 0 ? ` less ${forgotten} forgotten` : ''}`,
    )
  }
  const finished: FinishedRun = {
    config: outputConfig(config),
    limit,
    inputs,
    requests,
    selectors,
    counts: { ...counts, done, failed, ...(forgotten > 0 ? { forgotten } : {}) },
    ...(config.task === 'dataset' ? countTables(tables) : {}),
    models,
    versions,
  }
  const run = `${JSON.stringify(finished, null, 2)}\n`
  if (config.task === 'dataset') await finishDataset(folder, { finished, run, files })
  await writeAtomically(folder.timings, [`${JSON.stringify(timings, null, 2)}\n`])
  await writeAtomically(folder.run, [run])
  return failed
}

/** Failures and forgotten targets over all parts, and every model that had a hand in any of them; more than one a stage means that workers differed. */
function startHeaders() {
  let [failed, forgotten] = [0, 0]
  const byStage = new Map<string, Map<string, ModelIdentity>>()
  return {
    add(header: PartHeader): void {
      failed += header.failed
      forgotten += header.forgotten ?? 0
      for (const [stage, models] of Object.entries(header.models)) {
        const known = byStage.get(stage) ?? byStage.set(stage, new Map()).get(stage)!
        for (const model of models) known.set(JSON.stringify(model), model)
      }
    },
    result(): { failed: number; forgotten: number; models: FinishedRun['models'] } {
      const sorted = [...byStage].map(
        ([stage, known]) => [stage, [...known.keys()].sort().map((key) => known.get(key)!)] as const,
      )
      return { failed, forgotten, models: Object.fromEntries(sorted) }
    },
  }
}
