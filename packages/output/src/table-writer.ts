import { mkdir, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'

import { type DataFile, digestOf } from './checksums.ts'
import { writeParquet } from './parquet-file.ts'
import { type StagedFile, stageFile } from './staged-file.ts'
import type { DatasetSet } from './tables.ts'
import { moveInto, unwritable } from './write-atomically.ts'

export type TableWriterOptions = {
  /** The output folder. */
  dir: string
  /** A folder on the same file system, for what is not complete. */
  staging: string
  /** The table's file within `dir`, without its ending. */
  name: string
  format: 'jsonl' | 'parquet'
  /** Of JSON Lines; a file ends before the row that would go beyond. */
  shardBytes: number
  /** Whether a table without rows has a file. */
  evenEmpty: boolean
}

export type TableWriter = {
  /** Rows as JSON. */
  add(rows: readonly string[]): Promise<void>
  finish(): Promise<DataFile[]>
  /** After a failure. */
  abandon(): Promise<void>
}

/**
 * Writes a table file by file; each gets its name when it is complete and on the disk. One file is called `train.jsonl`, several
 * are called `train-00000.jsonl`, `train-00001.jsonl`, …. Errors are `output_unwritable`.
 */
export function tableWriter(options: TableWriterOptions): TableWriter {
  const { dir, staging, name, format, shardBytes, evenEmpty } = options
  const files: DataFile[] = []
  let open: StagedFile | null = null

  const stage = () => stageFile(join(staging, `${name.replaceAll('/', '.')}-${files.length}.jsonl`))

  async function close(staged: StagedFile, suffix: string): Promise<void> {
    const path = `${name}${suffix}.${format}`
    let { sha256 } = await staged.finish()
    open = null
    let complete = staged.path
    if (format === 'parquet') {
      complete = `${staged.path}.parquet`
      const set = dirname(name) as DatasetSet
      const job = { set, from: staged.path, to: complete, spill: join(staging, 'spill') }
      await writeParquet({ ...job, longestLine: staged.longestLine() })
      await rm(staged.path)
      sha256 = await digestOf(complete, { sync: true })
    }
    await mkdir(dirname(join(dir, path)), { recursive: true })
    await moveInto(join(dir, path), complete)
    files.push({ path, sha256 })
  }

  async function add(rows: readonly string[]): Promise<void> {
    for (const row of rows) {
      const line = Buffer.from(`${row}\n`)
      if (open !== null && open.bytes() + line.length > shardBytes) await close(open, shardSuffix(files.length))
      open ??= await stage()
      open.add(line)
    }
    await open?.flush()
  }

  async function finish(): Promise<DataFile[]> {
    if (evenEmpty) open ??= await stage()
    if (open !== null) await close(open, files.length === 0 ? '' : shardSuffix(files.length))
    return files
  }

  const named = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work
    } catch (cause) {
      throw unwritable(join(dir, name), cause)
    }
  }
  return {
    add: (rows) => named(add(rows)),
    finish: () => named(finish()),
    abandon: async () => open?.abandon(),
  }
}

const shardSuffix = (index: number) => `-${String(index).padStart(5, '0')}`
