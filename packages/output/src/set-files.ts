import { readdir, rm, rmdir } from 'node:fs/promises'
import { join } from 'node:path'

import { datasetSets, type TableName } from './tables.ts'

const setFile = /^(train|validation|test)(-\d{5,})?\.(jsonl|parquet)$/

/** The files in the folders of the sets that are named as a run names them, as paths within `dir`. */
export async function listSetFiles(dir: string): Promise<string[]> {
  const found = await Promise.all(
    datasetSets.map(async (set) => {
      const names = await readdir(join(dir, set)).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return []
        throw error
      })
      return names.filter((name) => setFile.test(name)).map((name) => `${set}/${name}`)
    }),
  )
  return found.flat()
}

/** Removes them, but for those to `keep`, and the folders that are empty then. */
export async function removeSetFiles(dir: string, keep: ReadonlySet<string> = new Set()): Promise<void> {
  for (const path of await listSetFiles(dir)) if (!keep.has(path)) await rm(join(dir, path), { force: true })
  // A folder that is not there, or holds something, is no failure.
  for (const set of datasetSets) await rmdir(join(dir, set)).catch(() => {})
}

/** `train.jsonl` and `train-00001.parquet` alike are of the table that ends in `train`. */
export function tableOfFile(path: string): TableName {
  return path.replace(/(-\d+)?\.(jsonl|parquet)$/, '') as TableName
}
