import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'

import { type DataFile, digestOf } from './checksums.ts'
import { finishDataset } from './finish-dataset.ts'
import type { OutputFolder } from './folder.ts'
import type { FinishedRun } from './manifest.ts'
import type { FolderScan } from './scan-folder.ts'
import { listSetFiles, tableOfFile } from './set-files.ts'
import { countTables, type TableCounts, targetRows } from './table-counts.ts'
import { isTargetTable, type TableName, tablesOf } from './tables.ts'
import { writeAtomically } from './write-atomically.ts'

/**
 * What `run.json` says of a folder without the rows that the scan would drop: counted anew from what is there, so that it is true as
 * well where an earlier removal was cut off. `done`, `failed` and `forgotten` make `targets`.
 */
export function restateRun(run: FinishedRun, scan: FolderScan): FinishedRun {
  const { counts, config } = run
  const rows = new Map(tablesOf(config.task).map((table) => [table, 0]))
  let otherHalf = 0
  for (const [path, { kept, counted }] of scan.rows) {
    const table = tableOfFile(path)
    rows.set(table, rows.get(table)! + kept)
    otherHalf += counted
  }
  const done = targetRows(rows)
  const failed = scan.failures.kept
  const forgotten = (counts.targets ?? 0) - done - failed
  return {
    ...run,
    counts: { ...counts, done, failed, ...(forgotten > 0 ? { forgotten } : {}) },
    ...(config.task === 'dataset' ? countAnew(rows, otherHalf) : {}),
  }
}

function countAnew(rows: Map<TableName, number>, otherHalf: number): TableCounts {
  const withoutLabel = new Map<TableName, number>()
  for (const [table, count] of rows) {
    if (isTargetTable(table)) continue
    const [set, split] = table.split('/')
    const half = split === 'train' && set !== 'author-distinction' ? otherHalf : 0
    withoutLabel.set(table, rows.get(`generation/${split}` as TableName)! - count - half)
  }
  return countTables({ rows, withoutLabel })
}

/** `run.json` as the last, after what stands beside the rows of a dataset. */
export async function writeRestated(folder: OutputFolder, finished: FinishedRun): Promise<void> {
  const run = `${JSON.stringify(finished, null, 2)}\n`
  if (finished.config.task === 'dataset') {
    const paths = [...(await listSetFiles(folder.dir)), basename(folder.failures)]
    const files: DataFile[] = []
    for (const path of paths) {
      if (existsSync(join(folder.dir, path))) files.push({ path, sha256: await digestOf(join(folder.dir, path)) })
    }
    await finishDataset(folder, { finished, run, files })
  }
  await writeAtomically(folder.run, [run])
}
