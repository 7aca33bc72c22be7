import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

import type { DuckDBConnection } from '@duckdb/node-api'

import { digestOf } from './checksums.ts'
import { jsonLines } from './json-lines.ts'
import { copyToParquet, globLiteral, quote, withDuckDb } from './parquet-file.ts'
import { userOfRow } from './user-of-row.ts'
import { moveInto, writeAtomically } from './write-atomically.ts'

/** A row as far as it says whose it is. */
export type OwnedRow = {
  userId: string
  otherUserId?: string
  docId?: string
  completion?: string
  entries?: { docId: string; text: string }[]
}

export type RowScan = {
  kept: number
  dropped: number
  /** Of the dropped rows, as JSON Lines. */
  droppedBytes: number
  /** Kept rows whose user `counts` is true of. */
  counted: number
}

export type RowScanOptions = {
  userId: string
  counts: (userId: string) => boolean
  onDropped: (row: OwnedRow) => void
}

/** A file of rows that say whose they are. */
export type RowFile = {
  /** Looks at every row and changes nothing. Rows of the user, and those that hold a passage of the user's, are the dropped ones. */
  scan(options: RowScanOptions): Promise<RowScan>
  /** Writes the file anew without them, as a whole or not at all. */
  drop(userId: string): Promise<void>
}

export function rowFile(path: string): RowFile {
  return path.endsWith('.parquet') ? parquetRows(path) : jsonRows(path)
}

function jsonRows(path: string): RowFile {
  const ownRow = (line: Buffer, userId: string): OwnedRow | null => {
    if (!line.includes(JSON.stringify(userId))) return null
    const row = JSON.parse(line.toString()) as OwnedRow
    return row.userId === userId || row.otherUserId === userId ? row : null
  }
  async function* keptLines(userId: string): AsyncGenerator<Buffer> {
    for await (const lines of jsonLines(path)) {
      const kept = lines.filter((line) => ownRow(line, userId) === null)
      if (kept.length > 0) yield Buffer.concat(kept)
    }
  }
  return {
    async scan({ userId, counts, onDropped }) {
      const scan: RowScan = { kept: 0, dropped: 0, droppedBytes: 0, counted: 0 }
      for await (const lines of jsonLines(path)) {
        for (const line of lines) {
          const own = ownRow(line, userId)
          if (own === null) {
            scan.kept += 1
            if (counts(userOfRow(line))) scan.counted += 1
          } else {
            scan.dropped += 1
            scan.droppedBytes += line.length
            onDropped(own)
          }
        }
      }
      return scan
    },
    drop: (userId) => writeAtomically(path, keptLines(userId)),
  }
}

// Rows are read 2,048 at a time, of some 10 KB each; much longer ones spill.
const memoryBytes = 2_147_483_648

function parquetRows(path: string): RowFile {
  const from = `read_parquet(${quote(globLiteral(path))})`
  const isPairs = basename(dirname(path)) === 'author-distinction'
  const isOwn = (userId: string) =>
    ['userId', ...(isPairs ? ['otherUserId'] : [])].map((column) => `${column} = ${quote(userId)}`).join(' OR ')
  const staged = () => join(dirname(path), `.${basename(path)}.${randomUUID()}`)
  const use = async <T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> => {
    const spill = staged()
    try {
      return await withDuckDb(path, { memoryBytes, spill }, work)
    } finally {
      await rm(spill, { recursive: true, force: true })
    }
  }
  return {
    scan: ({ userId, counts, onDropped }) =>
      use(async (connection) => {
        const scan: RowScan = { kept: 0, dropped: 0, droppedBytes: 0, counted: 0 }
        const users = await connection.stream(
          `SELECT userId, count(*) FROM ${from} WHERE NOT (${isOwn(userId)}) GROUP BY userId`,
        )
        for await (const rows of users.yieldRowsJs()) {
          for (const [user, rowsOfUser] of rows as [string, bigint][]) {
            scan.kept += Number(rowsOfUser)
            if (counts(user)) scan.counted += Number(rowsOfUser)
          }
        }
        const own = await connection.stream(`SELECT * FROM ${from} WHERE ${isOwn(userId)}`)
        for await (const rows of own.yieldRowObjectJson()) {
          for (const row of rows) {
            scan.dropped += 1
            scan.droppedBytes += Buffer.byteLength(JSON.stringify(row)) + 1
            onDropped(row as OwnedRow)
          }
        }
        return scan
      }),
    async drop(userId) {
      const temporary = staged()
      try {
        await use((connection) => copyToParquet(connection, `FROM ${from} WHERE NOT (${isOwn(userId)})`, temporary))
        await digestOf(temporary, { sync: true })
        await moveInto(path, temporary)
      } finally {
        await rm(temporary, { force: true })
      }
    },
  }
}
