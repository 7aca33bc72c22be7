import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { rename } from 'node:fs/promises'
import { finished } from 'node:stream/promises'

import type { DuckDBConnection } from '@duckdb/node-api'

import { type RejectCode, rejectLine } from '../rejects.ts'
import { type Database, streamRows } from './database.ts'

/** Writes the table `reject` as JSON Lines, sorted by file, as the files were numbered, and line. */
export async function writeRejects(
  database: Database,
  { path, files }: { path: string; files: readonly { path: string }[] },
): Promise<void> {
  const unfinished = `${path}.tmp`
  const out = createWriteStream(unfinished)
  const sql = 'SELECT file, line, code, reason FROM reject ORDER BY file, line, code, reason'
  for await (const rows of streamRows(database, sql)) {
    const lines = (rows as [number, bigint, RejectCode, string][]).map(([file, line, code, reason]) =>
      rejectLine({ file: files[file]!.path, line: Number(line), code, reason }),
    )
    if (!out.write(lines.join(''))) await once(out, 'drain')
  }
  out.end()
  await finished(out)
  await rename(unfinished, path)
}

/** The most common reasons, for a message. */
export async function commonFaults(connection: DuckDBConnection): Promise<string> {
  const sql = 'SELECT code, count(*) AS times FROM reject GROUP BY code ORDER BY times DESC, code LIMIT 3'
  const rows = (await connection.runAndReadAll(sql)).getRows()
  return rows.map(([code, times]) => `${code} ${times}`).join(', ')
}
