import { DuckDBInstance } from '@duckdb/node-api'
import { expect, it } from 'vitest'

import { parseDocument } from './parse-record.ts'
import { readingFolder } from './readings-for-tests.ts'

const { path, read, outcomes } = readingFolder()

async function write(name: string, select: string): Promise<void> {
  const instance = await DuckDBInstance.create()
  const connection = await instance.connect()
  await connection.run(`COPY (${select}) TO '${path(name)}' (FORMAT parquet)`)
  connection.closeSync()
  instance.closeSync()
}

it('reads dates, timestamps and numbers, and numbers the rows', async () => {
  await write(
    'it[1].parquet',
    `SELECT * FROM (VALUES
      (1::BIGINT, 'a', TIMESTAMP '2020-01-01 00:00:00', 'x'),
      (2, 'b', TIMESTAMP '2020-01-02 00:00:00.5', NULL)) t(userId, docId, timestamp, text)`,
  )
  const readings = await read('it[1].parquet', null)
  const parsed = readings.map((reading) => [reading.line, 'value' in reading && parseDocument(reading.value)])
  expect(parsed).toEqual([
    [1, { record: { userId: '1', docId: 'a', timestamp: Date.UTC(2020, 0), title: '', text: 'x' } }],
    [2, { fault: { code: 'missing_field', reason: 'text is null' } }],
  ])
})

it('passes over a row that is too long, and reads long ones a few at a time, in their order', async () => {
  // A block of usual rows, one of 200 MB, which a file of some KB holds, and another of usual rows.
  await write(
    'long.parquet',
    `SELECT 'u' AS userId, range AS docId, 1577836800 AS timestamp,
      CASE WHEN range = 3000 THEN repeat('y', 900000) WHEN range // 2048 = 1 THEN repeat('x', 100000) ELSE 'text' END AS text
    FROM range(6000)`,
  )
  const found = await outcomes('long.parquet', null, 500_000)
  expect(found).toEqual(Array.from({ length: 6000 }, (_, row) => [row + 1, row === 3000 ? 'line_too_long' : 'ok']))
})
