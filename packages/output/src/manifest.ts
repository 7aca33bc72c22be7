import { mkdir, readFile, rm } from 'node:fs/promises'

import type { ModelIdentity } from '@idiolect/contracts/batch'
import { type Config, type OutputConfig, outputConfig } from '@idiolect/contracts/config'
import { IdiolectError } from '@idiolect/contracts/errors'

import { outputFolder } from './folder.ts'
import { removeSetFiles } from './set-files.ts'
import type { TableCounts } from './table-counts.ts'
import { writeAtomically } from './write-atomically.ts'

export type InputFile = { path: string; sha256: string; bytes: number }

/** What a folder is being filled with: enough to go on with it, and to refuse what does not belong in it. */
export type Manifest = {
  run: string
  /** Resumes so far. */
  round: number
  config: Config
  limit: number | null
  inputs: InputFile[]
  requests: InputFile[]
  /** By stage, the digests of the trained selectors. */
  selectors: Record<string, string>
  /** From the source: read, rejected, duplicates, targets and what was dropped for which reason. */
  counts: Record<string, number>
  versions: Record<string, string>
}

/** What a command asks of a folder, as far as it shows in the data files. */
export type Intent = Pick<Manifest, 'limit' | 'inputs' | 'requests' | 'selectors'> & { config: OutputConfig }

/** `run.json`: what was done with what. The same input and configuration give the same bytes. A dataset has `TableCounts`. */
export type FinishedRun = Intent &
  Pick<Manifest, 'counts' | 'versions'> &
  Partial<TableCounts> & { models: Record<string, ModelIdentity[]> }

export type FolderState =
  | { state: 'empty' }
  | { state: 'unfinished'; manifest: Manifest }
  | { state: 'finished'; run: FinishedRun }

export async function readFolder(dir: string): Promise<FolderState> {
  const folder = outputFolder(dir)
  const run = await readJson(folder.run)
  if (run !== null) return { state: 'finished', run: run as FinishedRun }
  const manifest = await readJson(folder.manifest)
  if (manifest !== null) return { state: 'unfinished', manifest: manifest as Manifest }
  return { state: 'empty' }
}

export async function writeManifest(dir: string, manifest: Manifest): Promise<void> {
  const folder = outputFolder(dir)
  await makeFolder(folder.work)
  await writeAtomically(folder.manifest, [`${JSON.stringify(manifest, null, 2)}\n`])
}

/** @throws IdiolectError `output_unwritable` */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true })
  } catch (cause) {
    throw new IdiolectError(
      'output_unwritable',
      `${path} cannot be created (${(cause as NodeJS.ErrnoException).code})`,
      { cause },
    )
  }
}

/**
 * Removes a run from its folder, finished or not; files of others stay, and so do those that are called as a run of the other task
 * would call its own.
 */
export async function clearFolder(dir: string): Promise<void> {
  const { run, work, generations, failures, rejects, timings, audit, card, checksums, frequencies } = outputFolder(dir)
  const tasks = await tasksOf(dir)
  const files = tasks.length === 0 ? [] : [failures, rejects, timings, audit]
  if (tasks.includes('generate')) files.push(generations)
  if (tasks.includes('dataset')) files.push(card, checksums, frequencies)
  // First what marks it as finished, last what says whose files these are.
  await rm(run, { force: true })
  if (tasks.includes('dataset')) await removeSetFiles(dir)
  for (const path of files) await rm(path, { force: true })
  await rm(work, { recursive: true, force: true })
}

/** Of the run that the folder holds; both where its description cannot be read. */
async function tasksOf(dir: string): Promise<Config['task'][]> {
  try {
    const found = await readFolder(dir)
    if (found.state === 'empty') return []
    return [(found.state === 'finished' ? found.run : found.manifest).config.task]
  } catch {
    return ['generate', 'dataset']
  }
}

/**
 * Refuses to mix two runs in one folder.
 * @throws IdiolectError `config_changed` that names every difference
 */
export function refuseOtherIntent(dir: string, before: Intent, now: Intent): void {
  const differences = [
    ...differingKeys(outputConfig(before.config), outputConfig(now.config)),
    ...(before.limit === now.limit ? [] : [`limit: ${before.limit ?? 'none'} before, ${now.limit ?? 'none'} now`]),
    ...differingKeys(before.selectors, now.selectors, 'selector'),
    ...differingInputs('input', before.inputs, now.inputs),
    ...differingInputs('requests', before.requests, now.requests),
  ]
  if (differences.length === 0) return
  throw new IdiolectError(
    'config_changed',
    `${dir} holds a run that differs: ${differences.join('; ')}. Choose another --out, or --fresh to start over`,
  )
}

function differingKeys(before: object, now: object, path = ''): string[] {
  const keys = new Set([...Object.keys(before), ...Object.keys(now)])
  return [...keys].flatMap((key) => {
    const [a, b] = [(before as Record<string, unknown>)[key], (now as Record<string, unknown>)[key]]
    const name = path === '' ? key : `${path}.${key}`
    if (isObject(a) && isObject(b)) return differingKeys(a, b, name)
    return JSON.stringify(a) === JSON.stringify(b)
      ? []
      : [`${name}: ${JSON.stringify(a)} before, ${JSON.stringify(b)} now`]
  })
}

/** By content: a file that moved is the same input. */
function differingInputs(kind: string, before: InputFile[], now: InputFile[]): string[] {
  const digests = (files: InputFile[]) =>
    files
      .map((file) => file.sha256)
      .sort()
      .join()
  if (digests(before) === digests(now)) return []
  const names = (files: InputFile[]) => files.map((file) => file.path).join(', ') || 'none'
  return [
    `${kind}: ${names(before)} before, ${names(now)} now${names(before) === names(now) ? ' (the content changed)' : ''}`,
  ]
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw new IdiolectError(
      'config_changed',
      `${path} is not a run's description; choose another --out, or --fresh to start over`,
      { cause: error },
    )
  }
}
