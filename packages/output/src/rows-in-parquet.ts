import { randomUUID } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { DuckDBConnection } from '@duckdb/node-api'

import { unknownCursor } from './cursor.ts'
import { globLiteral, quote, withDuckDb } from './parquet-file.ts'

// A row group of 2,048 rows of 10 KB, several times over.
const memoryBytes = 1_073_741_824

/** JSON of the rows from number `start` on, at most `limit`, and whether there are more. Row groups before it are not read. */
export async function readParquetRows(
  path: string,
  { start, limit }: { start: number; limit: number },
): Promise<{ rows: string[]; more: boolean }> {
  const rows = await use(path, async (connection, from) => {
    const reader = await connection.runAndReadAll(
      `SELECT to_json(struct_pack(*COLUMNS(* EXCLUDE file_row_number))) FROM ${from}
       WHERE file_row_number >= $1 AND file_row_number <= $2 ORDER BY file_row_number`,
      [BigInt(start), BigInt(start + limit)],
    )
    return reader.getRows().map(([json]) => json as string)
  })
  if (start > 0 && rows.length === 0) {
    throw unknownCursor()
  }
  return { rows: rows.slice(0, limit), more: rows.length > limit }
}

/** The number of the user's first row; null where there is none. */
export function seekParquetUser(path: string, userId: string): Promise<number | null> {
  return use(path, async (connection, from) => {
    const reader = await connection.runAndReadAll(`SELECT min(file_row_number) FROM ${from} WHERE userId = $1`, [
      userId,
    ])
    const first = reader.getRows()[0]![0] as bigint | null
    return first === null ? null : Number(first)
  })
}

function use<T>(path: string, work: (connection: DuckDBConnection, from: string) => Promise<T>): Promise<T> {
  const from = `read_parquet(${quote(globLiteral(path))}, file_row_number = true)`
  const spill = join(tmpdir(), `idiolect-${randomUUID()}`)
  return withDuckDb(path, { memoryBytes, spill }, (connection) => work(connection, from))
}
