import { createHash } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { basename } from 'node:path'

import { checksumLines, type DataFile, digestOf } from './checksums.ts'
import { dataCard } from './data-card.ts'
import type { OutputFolder } from './folder.ts'
import type { FinishedRun } from './manifest.ts'
import { removeSetFiles } from './set-files.ts'
import { writeAtomically } from './write-atomically.ts'

/** `run`: what `run.json` will hold, of which `finished` is the content; `files`: the data as it stands in the folder. */
type Dataset = { finished: FinishedRun; run: string; files: readonly DataFile[] }

/** What stands beside the rows of a dataset, but for `run.json`: checksums and the data card. */
export async function finishDataset(folder: OutputFolder, { finished, run, files }: Dataset): Promise<void> {
  // What an earlier run has left would be read with the sets, or speak of other data.
  await removeSetFiles(folder.dir, new Set(files.map(({ path }) => path)))
  await rm(folder.audit, { force: true })
  const beside: DataFile[] = [{ path: basename(folder.run), sha256: createHash('sha256').update(run).digest('hex') }]
  for (const path of [folder.frequencies, folder.rejects]) {
    const sha256 = await digestOf(path).catch(absent)
    if (sha256 !== null) beside.push({ path: basename(path), sha256 })
  }
  await writeAtomically(folder.checksums, [checksumLines([...files, ...beside])])
  await writeAtomically(folder.card, [dataCard(finished, null)])
}

function absent(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null
  throw error
}
