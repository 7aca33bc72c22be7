import { createHash } from 'node:crypto'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

import { DuckDBInstance } from '@duckdb/node-api'
import { type Config, outputConfig } from '@idiolect/contracts/config'
import type { FinishedRun, InputFile } from '@idiolect/output/manifest'

import type { ExampleDataset } from './example-dataset.ts'

export interface WriteOptions {
  /** Rows a file; without it a set has one file. */
  shardRows?: number
  parquet?: boolean
}

/** Writes input, sets and `run.json` into `dir`, which is made, and returns the path of the input. */
export async function writeDataset(dir: string, example: ExampleDataset, options: WriteOptions = {}): Promise<string> {
  const input = await writeInput(dir, 'documents.jsonl', example.documents)
  for (const [set, rows] of Object.entries(example.sets)) {
    const size = options.shardRows ?? Math.max(1, rows.length)
    for (let shard = 0; shard * size < rows.length; shard += 1) {
      const suffix = options.shardRows === undefined ? '' : `-${String(shard).padStart(5, '0')}`
      const path = join(dir, `${set}${suffix}.jsonl`)
      await writeLines(path, rows.slice(shard * size, (shard + 1) * size))
      if (options.parquet === true) await toParquet(path)
    }
  }
  await writeRun(dir, { config: example.config, inputs: [input], requests: [] })
  return input.path
}

/** Beside the sets lies the input, under `input/`. */
export async function writeInput(dir: string, name: string, records: readonly unknown[]): Promise<InputFile> {
  const path = join(dir, 'input', name)
  const text = await writeLines(path, records)
  return { path, sha256: createHash('sha256').update(text).digest('hex'), bytes: Buffer.byteLength(text) }
}

export async function writeRun(
  dir: string,
  { config, ...files }: Pick<FinishedRun, 'inputs' | 'requests'> & { config: Config },
): Promise<void> {
  const run: FinishedRun = {
    config: outputConfig(config),
    limit: null,
    selectors: {},
    ...files,
    counts: { read: 60, rejected: 0, documents: 60, authors: 10, targets: 40, done: 40, failed: 0 },
    models: {},
    versions: { idiolect: '0.1.0' },
  }
  await writeFile(join(dir, 'run.json'), JSON.stringify(run))
}

export async function writeLines(path: string, records: readonly unknown[]): Promise<string> {
  const text = records.map((record) => `${JSON.stringify(record)}\n`).join('')
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text)
  return text
}

async function toParquet(path: string): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  const target = path.replace(/\.jsonl$/, '.parquet')
  await connection.run(
    `COPY (SELECT * FROM read_json('${path}', format = 'newline_delimited')) TO '${target}' (FORMAT parquet)`,
  )
  connection.closeSync()
  instance.closeSync()
  await rm(path)
}
