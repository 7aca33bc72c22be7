import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { IdiolectError } from '@idiolect/contracts/errors'

import { type ColumnType, datasetColumns } from './dataset-columns.ts'
import type { DatasetSet } from './tables.ts'
import { unwritable } from './write-atomically.ts'

/**
 * A row group is what a reader of a stream holds at once. Rows are some 10 KB, and DuckDB gathers rows by 2,048: that is 20 MB. Where
 * rows are larger the bytes close it.
 */
const rowGroup = 'ROW_GROUP_SIZE 2048, ROW_GROUP_SIZE_BYTES 33554432'

const minBufferBytes = 1_048_576
const minMemoryBytes = 268_435_456

export type ParquetJob = {
  set: DatasetSet
  /** JSON Lines. */
  from: string
  to: string
  /** For spilling; need not be there. */
  spill: string
  longestLine: number
}

/**
 * Rows of a set as Parquet: the same rows give the same bytes. Types are those of `datasetColumns`, whatever the rows hold.
 * @throws IdiolectError `output_unwritable`, `internal`
 */
export async function writeParquet({ set, from, to, spill, longestLine }: ParquetJob): Promise<void> {
  const columns = datasetColumns[set].map(({ name, type }) => `${name}: ${quote(duckType(type))}`)
  const lines = `read_json(${quote(globLiteral(from))}, format = 'newline_delimited', columns = {${columns.join(', ')}},
    maximum_object_size = ${Math.max(minBufferBytes, longestLine)})`
  // Measured: a row of 64 MB is held eight times over.
  const memoryBytes = Math.max(minMemoryBytes, 16 * longestLine)
  await withDuckDb(to, { memoryBytes, spill }, (connection) => copyToParquet(connection, `FROM ${lines}`, to))
}

/** The rows of a query; the same rows give the same bytes. */
export async function copyToParquet(connection: DuckDBConnection, query: string, to: string): Promise<void> {
  await connection.run(`COPY (${query}) TO ${quote(to)} (FORMAT parquet, COMPRESSION zstd, ${rowGroup})`)
}

/**
 * A database in memory for work on one file.
 * @throws IdiolectError `output_unwritable`, `internal`
 */
export async function withDuckDb<T>(
  path: string,
  { memoryBytes, spill }: { memoryBytes: number; spill: string },
  use: (connection: DuckDBConnection) => Promise<T>,
): Promise<T> {
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: `${memoryBytes}B`,
    // One thread takes the rows in their order; to be told to keep it would rule out the limit in bytes.
    threads: '1',
    preserve_insertion_order: 'false',
    temp_directory: spill,
    autoinstall_known_extensions: 'false',
  })
  const connection = await instance.connect()
  try {
    return await use(connection)
  } catch (cause) {
    if (cause instanceof Error && cause.message.startsWith('IO Error')) throw unwritable(path, cause)
    // DuckDB's own message may quote what a person wrote.
    throw new IdiolectError('internal', `${path} could not be read or written as Parquet`, { cause })
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

const duckTypes = { string: 'VARCHAR', int64: 'BIGINT', float64: 'DOUBLE' } as const

function duckType(type: ColumnType): string {
  if (typeof type === 'string') return duckTypes[type]
  if (typeof type.list === 'string') return `${duckTypes[type.list]}[]`
  const fields = Object.entries(type.list).map(([name, scalar]) => `"${name}" ${duckTypes[scalar]}`)
  return `STRUCT(${fields.join(', ')})[]`
}

export function globLiteral(path: string): string {
  return path.replaceAll(/[*?[]/g, '[$&]')
}

export function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}
