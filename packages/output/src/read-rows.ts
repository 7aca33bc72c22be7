import { IdiolectError } from '@idiolect/contracts/errors'

import { cursorOf, parseCursor, unknownCursor } from './cursor.ts'
import { type RowSegment, startPage } from './row-page.ts'
import { tableFiles } from './rows-in-files.ts'
import { partSegments, seekUserInParts } from './rows-in-parts.ts'
import { type RunFolder, withRun } from './run-folder.ts'
import { type TableName, tablesOf } from './tables.ts'
import { compareUsers } from './user-of-row.ts'

export type RowPage = {
  rows: { table: TableName; row: Record<string, unknown> }[]
  /** Cursor of the next page; null at the end of what there is. */
  next: string | null
  /** false while the run may still add rows. */
  complete: boolean
}

export type RowPageOptions = {
  /** All tables without it. */
  table?: TableName
  /** As an earlier page or `findAuthor` gave it; it holds for as long as the run does not finish or start again. */
  cursor?: string
  limit: number
  /** Of the rows as JSON; a page has at least one row however large. */
  maxBytes?: number
}

// Of a run under way rows of one table may be far apart: a page that finds none ends here all the same, and has a next one.
const mostSegments = 256
const defaultMaxBytes = 4_194_304

/**
 * A page of the rows that the folder holds, of a finished run or one under way, in the order of the output. Costs the same
 * wherever it starts and however large the output is. Only a page of a run under way may be empty and yet have a next one.
 * @throws IdiolectError `usage` for a cursor or a table that the folder does not have, `input_missing` where it holds no run
 */
export async function readRows(dir: string, options: RowPageOptions): Promise<RowPage> {
  return withRun(dir, (folder) => pageOf(dir, folder, options))
}

async function pageOf(dir: string, folder: RunFolder, options: RowPageOptions): Promise<RowPage> {
  const { table = null, cursor, limit, maxBytes = defaultMaxBytes } = options
  if (table !== null) refuseOtherTable(table, folder)
  if (!Number.isSafeInteger(limit) || limit < 1) throw new IdiolectError('usage', `a page of ${limit} rows is none`)
  const at = cursor === undefined ? null : parseCursor(cursor)
  const page = startPage(limit, maxBytes)
  let next: string | null = null
  let segments = 0
  for await (const segment of segmentsOf(dir, folder, { from: at?.name ?? null, table })) {
    if (segments === 0 && at !== null && segment.name !== at.name) throw unknownCursor()
    // Whether the next segment has rows at all is seen by looking.
    if (segments === mostSegments) {
      next = cursorOf({ name: segment.name, position: 0 })
      break
    }
    const position = await segment.read(segments === 0 ? (at?.position ?? 0) : 0, page)
    segments += 1
    if (position === null) continue
    next = cursorOf({ name: segment.name, position })
    break
  }
  if (segments === 0 && at !== null) throw unknownCursor()
  const rows = page.rows.map(({ table, json }) => ({ table, row: JSON.parse(json) as Record<string, unknown> }))
  return { rows, next, complete: folder.state === 'finished' }
}

/**
 * The cursor of the author's first row in the table; null where there is none. A search by halves: rows are in the order of the users.
 * @throws IdiolectError `usage` for a table that the folder does not have, `input_missing` where it holds no run
 */
export async function findAuthor(
  dir: string,
  { table, userId }: { table: TableName; userId: string },
): Promise<string | null> {
  // The output has no half characters.
  return withRun(dir, (folder) => seekAuthor(dir, folder, { table, userId: userId.toWellFormed() }))
}

async function seekAuthor(
  dir: string,
  folder: RunFolder,
  { table, userId }: { table: TableName; userId: string },
): Promise<string | null> {
  refuseOtherTable(table, folder)
  if (folder.state === 'unfinished') {
    const found = await seekUserInParts(dir, { table, userId })
    return found === null ? null : cursorOf(found)
  }
  for (const file of await tableFiles(dir, folder.run.config.task)) {
    if (file.table !== table) continue
    const found = await file.seek(userId)
    if (found === null) continue
    return compareUsers(found.userId, userId) === 0 ? cursorOf({ name: file.name, position: found.position }) : null
  }
  return null
}

/**
 * The tables that have rows, or may still get some.
 * @throws IdiolectError `input_missing` where the folder holds no run
 */
export async function tablesIn(dir: string): Promise<TableName[]> {
  return withRun(dir, async (folder) => {
    if (folder.state === 'unfinished') return tablesOf(folder.manifest.config.task)
    return [...new Set((await tableFiles(dir, folder.run.config.task)).map(({ table }) => table))]
  })
}

async function* segmentsOf(
  dir: string,
  folder: RunFolder,
  { from, table }: { from: string | null; table: TableName | null },
): AsyncGenerator<RowSegment> {
  if (folder.state === 'unfinished') {
    yield* partSegments(dir, { from, table })
    return
  }
  const files = (await tableFiles(dir, folder.run.config.task)).filter((file) => table === null || file.table === table)
  const start = from === null ? 0 : files.findIndex(({ name }) => name === from)
  if (start >= 0) yield* files.slice(start)
}

function refuseOtherTable(table: string, folder: RunFolder): void {
  const { config } = folder.state === 'finished' ? folder.run : folder.manifest
  const tables: string[] = tablesOf(config.task)
  if (!tables.includes(table)) {
    throw new IdiolectError('usage', `there is no table ${JSON.stringify(table)}; there are ${tables.join(', ')}`)
  }
}
