import { rm } from 'node:fs/promises'

import type { ModelIdentity } from '@idiolect/contracts/batch'
import { outputConfig } from '@idiolect/contracts/config'
import { IdiolectError } from '@idiolect/contracts/errors'

import { type OutputFolder, outputFolder } from './folder.ts'
import { type FinishedRun, type Manifest, readFolder } from './manifest.ts'
import { type CommittedPart, listParts, type PartHeader, readPart } from './parts.ts'
import { missingRanges } from './ranges.ts'
import { writeAtomically } from './write-atomically.ts'

/**
 * Makes the finished files of a run whose parts are all there: the parts in their order, then `timings.json`, and
 * `run.json` as the last. A folder that is finished already is left as it is; a crash at any point is mended by a repetition.
 * @throws IdiolectError `internal` where a part is missing, `output_unwritable`
 */
export async function finalizeRun(dir: string, timings: object): Promise<void> {
  const folder = outputFolder(dir)
  const found = await readFolder(dir)
  if (found.state !== 'unfinished') return
  try {
    await writeFinishedFiles(folder, found.manifest, timings)
  } catch (error) {
    // Another process was faster and has cleared the parts away.
    if ((await readFolder(dir)).state === 'finished') return
    throw error
  }
  await rm(folder.work, { recursive: true, force: true })
}

async function writeFinishedFiles(folder: OutputFolder, manifest: Manifest, timings: object): Promise<void> {
  const { counts, config, versions, limit, inputs, requests } = manifest
  const targets = counts.targets ?? 0
  const parts = await listParts(folder.dir)
  const [gap] = missingRanges(parts, targets)
  if (gap !== undefined)
    throw new IdiolectError(
      'internal',
      `${folder.dir}: targets ${gap.first} to ${gap.first + gap.count - 1} are missing`,
    )

  const totals = startTotals()
  const withFailures: CommittedPart[] = []
  await writeAtomically(
    folder.generations,
    linesOf(parts, 'row', (part, header) => {
      totals.add(header)
      if (header.failed > 0) withFailures.push(part)
    }),
  )
  await writeAtomically(folder.failures, linesOf(withFailures, 'failure'))
  await writeAtomically(folder.timings, [`${JSON.stringify(timings, null, 2)}\n`])
  const { failed, models } = totals.result()
  const finished: FinishedRun = {
    config: outputConfig(config),
    limit,
    inputs,
    requests,
    counts: { ...counts, done: targets - failed, failed },
    models,
    versions,
  }
  await writeAtomically(folder.run, [`${JSON.stringify(finished, null, 2)}\n`])
}

/** The lines of one kind, part by part; `onHeader` is told of each part that was read. */
async function* linesOf(
  parts: CommittedPart[],
  kind: 'row' | 'failure',
  onHeader?: (part: CommittedPart, header: PartHeader) => void,
): AsyncGenerator<string> {
  for (const part of parts) {
    const { header, lines } = await readPart(part.path)
    onHeader?.(part, header)
    const ofKind = lines(kind)
    if (ofKind.length > 0) yield `${ofKind.join('\n')}\n`
  }
}

/** Failures over all parts, and every model that had a hand in any of them; more than one a stage means that workers differed. */
function startTotals() {
  let failed = 0
  const byStage = new Map<string, Map<string, ModelIdentity>>()
  return {
    add(header: PartHeader): void {
      failed += header.failed
      for (const [stage, model] of Object.entries(header.models)) {
        const known = byStage.get(stage) ?? byStage.set(stage, new Map()).get(stage)!
        known.set(JSON.stringify(model), model)
      }
    },
    result(): { failed: number; models: FinishedRun['models'] } {
      const sorted = [...byStage].map(
        ([stage, known]) => [stage, [...known.keys()].sort().map((key) => known.get(key)!)] as const,
      )
      return { failed, models: Object.fromEntries(sorted) }
    },
  }
}
