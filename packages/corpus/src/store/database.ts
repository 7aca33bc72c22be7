import { rm } from 'node:fs/promises'
import { join } from 'node:path'

import { type DuckDBConnection, DuckDBInstance, type DuckDBValue } from '@duckdb/node-api'
import { IdiolectError } from '@idiolect/contracts/errors'

const databasePath = (folder: string) => join(folder, 'corpus.duckdb')

export interface Database {
  /** Where the database and the files beside it lie. */
  folder: string
  connection: DuckDBConnection
  /** A further connection, for the caller to close. */
  connect(): Promise<DuckDBConnection>
  close(): void
}

/**
 * Opens the database of a work folder. Beyond `memory_limit` DuckDB spills to the disk; the process needs about as much again.
 * @throws IdiolectError `output_unwritable` where another process has it open or the folder cannot be written.
 */
export async function openDatabase(folder: string): Promise<Database> {
  const path = databasePath(folder)
  const instance = await DuckDBInstance.create(path, {
    memory_limit: '512MB',
    threads: '2',
    temp_directory: join(folder, 'spill'),
    autoinstall_known_extensions: 'false',
  }).catch((cause: unknown) => {
    throw new IdiolectError(
      'output_unwritable',
      `Cannot open ${path}: another process uses it, or it cannot be written`,
      { cause },
    )
  })
  const connection = await instance.connect()
  return {
    folder,
    connection,
    connect: () => instance.connect(),
    close() {
      connection.closeSync()
      instance.closeSync()
    },
  }
}

/**
 * The rows of a query as they come, about 2,000 at a time, without holding the result. It has a connection of its own, since a
 * result that is left half read keeps its transaction open.
 */
export async function* streamRows(database: Database, sql: string): AsyncGenerator<DuckDBValue[][]> {
  const connection = await database.connect()
  try {
    const result = await connection.stream(sql)
    for (
      let chunk = await result.fetchChunk();
      chunk !== null && chunk.rowCount > 0;
      chunk = await result.fetchChunk()
    ) {
      yield chunk.getRows()
    }
  } finally {
    connection.closeSync()
  }
}

export async function readNumber(connection: DuckDBConnection, sql: string): Promise<number> {
  const result = await connection.runAndReadAll(sql)
  return Number(result.getRows()[0]![0])
}

export async function removeDatabase(folder: string): Promise<void> {
  await rm(databasePath(folder), { force: true })
  await rm(`${databasePath(folder)}.wal`, { force: true })
}
