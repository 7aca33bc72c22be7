import { access, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { afterEach, beforeEach, expect, test } from 'vitest'

import { exampleTarget, exampleTargets, readRows, writeExampleRun } from './dataset-for-tests.ts'
import { finalizeRun } from './finalize.ts'
import { writeParquet } from './parquet-file.ts'
import { tablesOf } from './tables.ts'

let dir: string
let instance: DuckDBInstance
let connection: DuckDBConnection
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "idiolect's [1]*-"))
  instance = await DuckDBInstance.create(':memory:')
  connection = await instance.connect()
})
afterEach(async () => {
  connection.closeSync()
  instance.closeSync()
  await rm(dir, { recursive: true })
})

async function query(sql: string): Promise<unknown[][]> {
  return (await connection.runAndReadAll(sql)).getRowsJson()
}

const source = (path: string) => `read_parquet('${path.replaceAll(/[*?[]/g, '[$&]').replaceAll("'", "''")}')`

/** As JSON Lines would hold them: without the keys that a row leaves out. */
async function parquetRows(path: string): Promise<unknown[]> {
  const rows = await query(`SELECT to_json(rows)::VARCHAR FROM ${source(path)} rows`)
  return rows.map(([json]) => JSON.parse(json as string, (_key, value) => value ?? undefined))
}

test('the rows are those of the JSON Lines, whatever the texts hold', async () => {
  const texts = ['\0', '\ud800 alone', '2001-01-01T00:00:00Z', '123', '{"a": [1]}', '\u2028\t\r\n"\\', '😀\ufffe']
  const records = texts.flatMap((text, index) => [
    exampleTarget(2 * index, { userId: `u${index}`, reference: text, keyElements: [text] }),
    exampleTarget(2 * index + 1, { userId: `u${index}`, entries: [], summary: text, distinction: undefined } as object),
  ])
  const [jsonl, parquet] = [join(dir, 'jsonl'), join(dir, 'parquet')]
  await writeExampleRun(jsonl, { records: [...records, ...exampleTargets(200).slice(records.length)] })
  await finalizeRun(jsonl, {})
  await writeExampleRun(parquet, {
    dataset: { format: 'parquet' },
    records: [...records, ...exampleTargets(200).slice(records.length)],
  })
  await finalizeRun(parquet, {})
  for (const table of tablesOf('dataset')) {
    expect(await parquetRows(join(parquet, `${table}.parquet`))).toEqual(await readRows(join(jsonl, `${table}.jsonl`)))
  }
})

test('types are the same whatever the rows hold', async () => {
  const job = { set: 'synthesis', from: join(dir, 'rows'), to: join(dir, 'rows.parquet'), spill: dir } as const
  await writeFile(job.from, '{"id":"1","entries":[],"chosen":[]}\n')
  await writeParquet({ ...job, longestLine: 40 })
  const types = Object.fromEntries((await query(`DESCRIBE FROM ${source(job.to)}`)).map(([name, type]) => [name, type]))
  expect(types).toMatchObject({
    id: 'VARCHAR',
    timestamp: 'VARCHAR',
    entries: 'STRUCT(docId VARCHAR, snippet BIGINT, score DOUBLE, "text" VARCHAR)[]',
    chosen: 'VARCHAR[]',
  })
})

test('many rows stay in their order, in row groups that are bounded in rows and bytes, compressed by zstd', async () => {
  const job = { set: 'generation', from: join(dir, 'rows'), to: join(dir, 'rows.parquet'), spill: dir } as const
  const small = Array.from({ length: 9000 }, (_, id) => JSON.stringify({ id: `${id}`, prompt: `p${id} `.repeat(100) }))
  const large = Array.from({ length: 60 }, (_, id) =>
    JSON.stringify({ id: `${9000 + id}`, prompt: `p${id} `.repeat(5e5) }),
  )
  const lines = [...small, ...large]
  await writeFile(job.from, `${lines.join('\n')}\n`)
  await writeParquet({ ...job, longestLine: Math.max(...lines.map((line) => line.length)) + 1 })
  const ids = await query(`SELECT id FROM ${source(job.to)}`)
  expect(ids.map(([id]) => id)).toEqual(lines.map((_, id) => `${id}`))
  const groups = await query(`
    SELECT max(row_group_num_rows)::INTEGER, max(row_group_bytes)::INTEGER, string_agg(DISTINCT compression)
    FROM parquet_metadata('${job.to.replaceAll(/[*?[]/g, '[$&]').replaceAll("'", "''")}')`)
  const [rows, bytes, compression] = groups[0] as [number, number, string]
  // DuckDB looks at both bounds when a chunk of up to 2,048 rows has come.
  expect(rows).toBeLessThan(2 * 2048)
  expect(bytes).toBeLessThan(2 * 33_554_432)
  expect(compression).toBe('ZSTD')
})

test('rows that do not fit their set are an error, and what they say stays unsaid', async () => {
  const job = { set: 'summary', from: join(dir, 'rows'), to: join(dir, 'rows.parquet'), spill: dir } as const
  await writeFile(job.from, '{"id":"1","chosen":"private words"}\n')
  const failed = writeParquet({ ...job, longestLine: 40 })
  await expect(failed).rejects.toMatchObject({ code: 'internal', message: expect.not.stringContaining('private') })
  await expect(access(job.to)).rejects.toThrow('ENOENT')
})
