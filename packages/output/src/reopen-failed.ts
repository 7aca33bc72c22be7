import { randomUUID } from 'node:crypto'
import { readFile, rm } from 'node:fs/promises'

import { IdiolectError } from '@idiolect/contracts/errors'
import { failuresByPart } from './failed-parts.ts'
import { type FailureSelection, failureFilter } from './failed-record.ts'
import { outputFolder } from './folder.ts'
import { type Manifest, writeManifest } from './manifest.ts'

/**
 * Turns a finished run back into an unfinished one that lacks the parts with failures of the selection; whoever resumes it does these
 * parts again and joins all of them anew, so the result is that of a run in which they never failed. A part is a batch and is done as a
 * whole: its other failures are tried again with it, and its rows come out as they were.
 * Repeatable: a crash in between leaves an unfinished run.
 * @returns how many failures were selected
 * @throws IdiolectError `usage` where nothing has failed or nothing that is selected, and for an id that has not
 */
export async function reopenFailed(
  dir: string,
  selection: FailureSelection,
): Promise<{ manifest: Manifest; failures: number }> {
  const folder = outputFolder(dir)
  const text = await readFile(folder.manifest, 'utf8').catch(() => null)
  if (text === null) throw new IdiolectError('usage', `${dir} holds no run with failed records`)
  const before = JSON.parse(text) as Manifest
  const { paths, failures } = await selectParts(dir, before.run, selection)
  // Redis may still remember the run as it ended.
  const manifest: Manifest = { ...before, run: `run-${randomUUID().slice(-10)}`, round: 0 }
  await writeManifest(dir, manifest)
  await rm(folder.run, { force: true })
  for (const path of paths) await rm(path)
  return { manifest, failures }
}

async function selectParts(dir: string, run: string, selection: FailureSelection) {
  const isSelected = failureFilter(selection)
  const paths: string[] = []
  const missing = new Set(selection.ids)
  const codes = new Map<string, number>()
  let selected = 0
  for await (const { path, failures } of failuresByPart(dir, { run, from: 0 })) {
    for (const { code } of failures) codes.set(code, (codes.get(code) ?? 0) + 1)
    const wanted = failures.filter(isSelected)
    for (const { id } of wanted) missing.delete(id)
    if (wanted.length > 0) paths.push(path)
    selected += wanted.length
  }
  const [id] = missing
  if (id !== undefined) throw nothingFailed(dir, { ...selection, ids: [id] }, codes)
  if (selected === 0) throw nothingFailed(dir, selection, codes)
  return { paths, failures: selected }
}

function nothingFailed(dir: string, selection: FailureSelection, codes: ReadonlyMap<string, number>): IdiolectError {
  const { code, stage, message, ids = [] } = selection
  const named = Object.entries({ id: ids[0], code, stage, message }).flatMap(([name, value]) =>
    value === undefined ? [] : [`the ${name} ${JSON.stringify(value)}`],
  )
  const what = named.length === 0 ? '' : ` with ${named.join(' and ')}`
  const known = [...codes].map(([name, count]) => `${name} ${count}`).join(', ') || 'none'
  return new IdiolectError('usage', `${dir}: nothing failed${what}; failures: ${known}`)
}
