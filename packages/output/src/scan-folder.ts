import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import { splitOf, teachesSelectors } from '@idiolect/contracts/split'

import type { OutputFolder } from './folder.ts'
import { forgetInParts } from './forget-in-parts.ts'
import { gatherDocuments } from './forget-words.ts'
import type { Forgotten } from './forgotten.ts'
import { jsonLines } from './json-lines.ts'
import type { Intent } from './manifest.ts'
import { type RowScan, rowFile } from './row-file.ts'
import { listSetFiles } from './set-files.ts'

type FailureScan = Pick<RowScan, 'kept' | 'dropped' | 'droppedBytes'>

/** What of a folder is an author's. */
export type FolderScan = {
  /** By path within the folder, the files of rows; `counted` are the kept rows of users that Su and Sy do not learn from. */
  rows: Map<string, RowScan>
  failures: FailureScan
  parts: { rows: number; bytes: number }
  /** The author's texts that the word statistics have counted, as far as rows show them. */
  documents: string[]
}

export async function scanFolder(
  folder: OutputFolder,
  { userId, forgotten, config }: { userId: string; forgotten: Forgotten; config: Intent['config'] },
): Promise<FolderScan> {
  const { dir } = folder
  const gathered = gatherDocuments(userId)
  const isCounted = config.task === 'dataset' && splitOf(userId, config) === 'train'
  const rows = new Map<string, RowScan>()
  const paths = config.task === 'dataset' ? await listSetFiles(dir) : [basename(folder.generations)]
  for (const path of paths) {
    if (!existsSync(join(dir, path))) continue
    const isTraining = path.startsWith('generation/train')
    const scan = await rowFile(join(dir, path)).scan({
      userId,
      counts: (user) => isTraining && !teachesSelectors(user, config),
      onDropped: (row) => isCounted && isTraining && gathered.add(row),
    })
    rows.set(path, scan)
  }
  const failures = await scanFailures(folder, forgotten)
  const parts = await forgetInParts(dir, forgotten, { dryRun: true })
  return { rows, failures, parts, documents: gathered.documents() }
}

/** Whether a line of `failures.jsonl` is of somebody who was forgotten. */
export function isForgottenFailure(line: Buffer, forgotten: Forgotten): boolean {
  return forgotten.target((JSON.parse(line.toString()) as { id: string }).id)
}

async function scanFailures({ failures }: OutputFolder, forgotten: Forgotten): Promise<FailureScan> {
  const scan: FailureScan = { kept: 0, dropped: 0, droppedBytes: 0 }
  if (!existsSync(failures)) return scan
  for await (const lines of jsonLines(failures)) {
    for (const line of lines) {
      if (isForgottenFailure(line, forgotten)) {
        scan.dropped += 1
        scan.droppedBytes += line.length
      } else scan.kept += 1
    }
  }
  return scan
}
