import { stat } from 'node:fs/promises'

import {
  type DuckDBConnection,
  DuckDBInstance,
  DuckDBListValue,
  DuckDBStructValue,
  type DuckDBValue,
} from '@duckdb/node-api'
import { IdiolectError } from '@idiolect/contracts/errors'

import { rowRanges } from './parquet-ranges.ts'
import type { Fields } from './parse-record.ts'
import type { Reading } from './reading.ts'

/**
 * The rows of a Parquet file, numbered from 1. Dates and timestamps come as `Date`, whole numbers of 64 bits as bigint, lists and
 * structs as arrays and objects. A row whose texts have more than `maxBytes` of UTF-8 is passed over.
 * @throws IdiolectError `input_unusable` where it is not a whole Parquet file.
 */
export async function* readParquet(path: string, fields: Fields, maxBytes: number): AsyncGenerator<Reading[]> {
  const instance = await DuckDBInstance.create(':memory:', { memory_limit: '512MB', threads: '1' })
  const connection = await instance.connect()
  try {
    yield* readRows(connection, path, { fields, maxBytes })
  } catch (cause) {
    if (cause instanceof IdiolectError || !(cause instanceof Error)) throw cause
    const { size } = await stat(path)
    throw new IdiolectError('input_unusable', `Input ${path} (${size} bytes) is not a whole Parquet file`, { cause })
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

async function* readRows(
  connection: DuckDBConnection,
  path: string,
  { fields, maxBytes }: { fields: Fields; maxBytes: number },
): AsyncGenerator<Reading[]> {
  const file = `read_parquet(${quote(globLiteral(path))}, binary_as_string = true, file_row_number = true)`
  const described = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${file}`)
  const types = new Map(described.getRows().map(([name, type]) => [String(name), String(type)]))
  const names = [...fields.required, ...fields.optional].filter((name) => types.has(name))
  if (names.length === 0) {
    yield [
      { line: 1, fault: { code: 'missing_field', reason: `the file has no column ${fields.required.join(', ')}` } },
    ]
    return
  }
  const texts = names.filter((name) => types.get(name) === 'VARCHAR')
  const bytes = ['0', ...texts.map((name) => `coalesce(strlen("${name}"), 0)`)].join(' + ')
  const ranges = await rowRanges(connection, {
    rows: `(SELECT file_row_number AS number, ${bytes} AS bytes FROM ${file})`,
    maxRowBytes: maxBytes,
  })
  const dates = new Set(names.filter((name) => /^(DATE|TIMESTAMP)/.test(types.get(name)!)))
  const columns = names.map((name) => (dates.has(name) ? `epoch_ms("${name}"::TIMESTAMP)` : `"${name}"`))
  const fits = `${bytes} <= ${maxBytes}`
  const selected = [fits, ...columns.map((column) => `CASE WHEN ${fits} THEN ${column} END`)].join(', ')
  const toReading = (line: number, [isRead, ...row]: DuckDBValue[]): Reading => {
    if (isRead !== true) return { line, fault: { code: 'line_too_long', reason: 'the row is longer than the limit' } }
    const entries = names.map((name, index) => {
      const value = row[index]
      return [name, dates.has(name) && value !== null ? new Date(Number(value)) : toPlain(value)]
    })
    return { line, value: Object.fromEntries(entries) }
  }
  for (const { from, to } of ranges) {
    const within = `file_row_number >= ${from} AND file_row_number < ${to}`
    let line = from
    for await (const rows of chunksOf(connection, `SELECT ${selected} FROM ${file} WHERE ${within}`)) {
      yield rows.map((row) => {
        line += 1
        return toReading(line, row)
      })
    }
  }
}

async function* chunksOf(connection: DuckDBConnection, sql: string): AsyncGenerator<DuckDBValue[][]> {
  const result = await connection.stream(sql)
  for (let chunk = await result.fetchChunk(); chunk !== null && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
    yield chunk.getRows()
  }
}

function toPlain(value: unknown): unknown {
  if (value instanceof DuckDBListValue) return value.items.map(toPlain)
  if (!(value instanceof DuckDBStructValue)) return value
  return Object.fromEntries(Object.entries(value.entries).map(([name, entry]) => [name, toPlain(entry)]))
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

/** DuckDB reads every path as a glob. */
function globLiteral(path: string): string {
  return path.replaceAll(/[*?[]/g, '[$&]')
}
