import { randomBytes } from 'node:crypto'
import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { version as duckdbVersion } from '@duckdb/node-api'
import type { Config } from '@idiolect/contracts/config'
import { IdiolectError } from '@idiolect/contracts/errors'
import { type Corpus, ingest } from '@idiolect/corpus/ingest'
import { type OutputFolder, outputFolder } from '@idiolect/output/folder'
import {
  clearFolder,
  type FolderState,
  type Intent,
  type Manifest,
  makeFolder,
  readFolder,
  refuseOtherIntent,
  writeManifest,
} from '@idiolect/output/manifest'

import { clearWork } from '@idiolect/output/work-folder'
import { writeAtomically } from '@idiolect/output/write-atomically'

import { digestsOf, type Selectors } from './read-selectors.ts'
import { versions } from './versions.ts'

/** What a command asks for. `out` is absolute: the collectors use it as it is. */
export type RunRequest = {
  inputs: string[]
  requests: string[]
  out: string
  config: Config
  /** The trained selectors that `config` names, by stage. */
  selectors: Selectors
  limit: number | null
}

/** A folder as a command finds it, after `--fresh` where that was asked. `abandoned`: the run that was thrown away by it. */
export type OpenedFolder = { folder: OutputFolder; found: FolderState; abandoned: string | null }

/** @throws IdiolectError `config_changed` where the folder holds another run, as far as the configuration tells */
export async function openFolder({ out, config, limit, selectors }: RunRequest, fresh: boolean): Promise<OpenedFolder> {
  const folder = outputFolder(out)
  if (fresh) {
    const found = await readFolder(out).catch((): FolderState => ({ state: 'empty' }))
    await clearFolder(out)
    return { folder, found: { state: 'empty' }, abandoned: found.state === 'unfinished' ? found.manifest.run : null }
  }
  const found = await readFolder(out)
  const before = intentOf(found)
  if (before !== null) refuseOtherIntent(out, before, { ...before, config, limit, selectors: digestsOf(selectors) })
  return { folder, found, abandoned: null }
}

export type PreparedRun =
  | { state: 'finished' }
  | { state: 'ready'; manifest: Manifest; targets: number; frequencies: Buffer; corpus: Corpus }

/**
 * Reads the input and decides the targets, the same ones each time. The caller closes the corpus.
 * @throws IdiolectError `config_changed`, `input_missing`, `input_unusable`, `input_truncated`
 */
export async function prepareRun(request: RunRequest, opened: OpenedFolder, signal: AbortSignal): Promise<PreparedRun> {
  const { config, limit, out } = request
  const selectors = digestsOf(request.selectors)
  const { folder, found } = opened
  await makeFolder(folder.corpus)
  const rejects = join(folder.work, 'rejects.jsonl')
  const corpus = await ingest({
    inputs: request.inputs,
    requests: request.requests,
    workDir: folder.corpus,
    rejects,
    signal,
  })
  try {
    const intent: Intent = { config, limit, selectors, inputs: corpus.inputs, requests: corpus.requests }
    const before = intentOf(found)
    if (before !== null) refuseOtherIntent(out, before, intent)
    if (found.state === 'finished') {
      await corpus.close()
      await clearWork(folder)
      return { state: 'finished' }
    }
    const plan = await corpus.plan(config, limit === null ? {} : { limit })
    const { authors, targets, historiesCut } = plan
    const counts = { ...corpus.counts, ...plan.dropped, historiesCut, authors, targets }
    if (plan.targets === 0) {
      const seen = Object.entries(counts).filter(([, count]) => count > 0)
      throw new IdiolectError(
        'input_unusable',
        `nothing in the input can be a target (${seen.map(([name, count]) => `${name} ${count}`).join(', ')})`,
      )
    }
    const resumed = found.state === 'unfinished' ? found.manifest : null
    const manifest: Manifest = {
      run: resumed?.run ?? `run-${randomBytes(5).toString('hex')}`,
      round: resumed === null ? 0 : resumed.round + 1,
      ...intent,
      config,
      counts,
      versions: config.dataset.format === 'parquet' ? { ...versions, duckdb: duckdbVersion() } : versions,
    }
    await copyFile(rejects, folder.rejects)
    if (config.task === 'dataset') await writeAtomically(folder.frequencies, [plan.frequencies])
    await writeManifest(out, manifest)
    return { state: 'ready', manifest, targets: plan.targets, frequencies: plan.frequencies, corpus }
  } catch (error) {
    await corpus.close()
    if (found.state === 'finished') await clearWork(folder)
    throw error
  }
}

function intentOf(found: FolderState): Intent | null {
  if (found.state === 'finished') return found.run
  return found.state === 'unfinished' ? found.manifest : null
}
