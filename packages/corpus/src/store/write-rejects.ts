import type { DuckDBConnection } from '@duckdb/node-api'

import { type RejectCode, rejectLine } from '../rejects.ts'
import { type Database, streamRows } from './database.ts'
import { createLineWriter } from './line-writer.ts'

/** Writes the table `reject` as JSON Lines, sorted by file, as the files were numbered, and line. */
export async function writeRejects(
  database: Database,
  { path, files }: { path: string; files: readonly { path: string }[] },
): Promise<void> {
  const out = await createLineWriter(path)
  const sql = 'SELECT file, line, code, reason FROM reject ORDER BY file, line, code, reason'
  try {
    for await (const rows of streamRows(database, sql)) {
      for (const [file, line, code, reason] of rows as [number, bigint, RejectCode, string][]) {
        await out.write(rejectLine({ file: files[file]!.path, line: Number(line), code, reason }))
      }
    }
    await out.finish()
  } finally {
    await out.close()
  }
}

/** The most common reasons, for a message. */
export async function commonFaults(connection: DuckDBConnection): Promise<string> {
  const sql = 'SELECT code, count(*) AS times FROM reject GROUP BY code ORDER BY times DESC, code LIMIT 3'
  const rows = (await connection.runAndReadAll(sql)).getRows()
  return rows.map(([code, times]) => `${code} ${times}`).join(', ')
}
