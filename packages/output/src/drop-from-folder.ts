import { existsSync } from 'node:fs'
import { readdir, rm, rmdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

import type { OutputFolder } from './folder.ts'
import { forgetInParts } from './forget-in-parts.ts'
import { forgetWords } from './forget-words.ts'
import type { Forgotten } from './forgotten.ts'
import { jsonLines } from './json-lines.ts'
import { rowFile } from './row-file.ts'
import { type FolderScan, isForgottenFailure } from './scan-folder.ts'
import { datasetSets } from './tables.ts'
import { clearWork } from './work-folder.ts'
import { writeAtomically } from './write-atomically.ts'

export type DropOptions = { userId: string; forgotten: Forgotten; scan: FolderScan; removed: readonly string[] }

/** What `writeAtomically` leaves where its process is killed. */
const leftover = /^\..+\.\d+-[0-9a-f]{8}$/

/** Takes out what the scan has found, each file as a whole or not at all. */
export async function dropFromFolder(folder: OutputFolder, options: DropOptions): Promise<void> {
  const { dir } = folder
  const { userId, forgotten, scan, removed } = options
  for (const name of removed) await rm(join(dir, name), { force: true })
  // Before the rows, which alone tell the author's words.
  if (scan.documents.length > 0 && existsSync(folder.frequencies)) await forgetWords(folder.frequencies, scan.documents)
  for (const [path, { kept, dropped }] of scan.rows) {
    if (dropped === 0) continue
    if (kept > 0 || path === basename(folder.generations)) await rowFile(join(dir, path)).drop(userId)
    else await removeFile(join(dir, path))
  }
  if (scan.failures.dropped > 0) await writeAtomically(folder.failures, keptFailures(folder, forgotten))
  await forgetInParts(dir, forgotten, { dryRun: false })
  await removeLeftovers(folder)
}

/** A set without rows has no file, and its folder goes with the last one. */
async function removeFile(path: string): Promise<void> {
  await rm(path)
  await rmdir(dirname(path)).catch(() => {})
}

async function* keptFailures({ failures }: OutputFolder, forgotten: Forgotten): AsyncGenerator<Buffer> {
  for await (const lines of jsonLines(failures)) {
    yield Buffer.concat(lines.filter((line) => !isForgottenFailure(line, forgotten)))
  }
}

/** The copy of the input, logs, and what commands that were killed have left. */
async function removeLeftovers(folder: OutputFolder): Promise<void> {
  const { dir, work } = folder
  if (existsSync(work)) await clearWork(folder)
  await rm(join(dir, '.comparison'), { recursive: true, force: true })
  for (const place of [dir, ...datasetSets.map((set) => join(dir, set))]) {
    const names = await readdir(place).catch((): string[] => [])
    for (const name of names) if (leftover.test(name)) await rm(join(place, name), { force: true })
  }
}
