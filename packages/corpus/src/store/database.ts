import { type DuckDBConnection, DuckDBInstance, type DuckDBValue } from '@duckdb/node-api'
import { IdiolectError } from '@idiolect/contracts/errors'

export interface Database {
  connection: DuckDBConnection
  /** A further connection, for the caller to close. */
  connect(): Promise<DuckDBConnection>
  close(): void
}

/**
 * Opens a database file. Beyond `memory_limit` DuckDB spills to `spillFolder`.
 * @throws IdiolectError `output_unwritable` where another process has it open or the folder cannot be written.
 */
export async function openDatabase(path: string, spillFolder: string): Promise<Database> {
  const instance = await DuckDBInstance.create(path, {
    memory_limit: '1GB',
    threads: '2',
    temp_directory: spillFolder,
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
