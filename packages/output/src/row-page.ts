import type { TableName } from './tables.ts'

/** A row as JSON, with its table. */
export type PageRow = { table: TableName; json: string }

/** Rows that are to be shown together. */
export type PageInMaking = {
  rows: PageRow[]
  /** How many more rows may come, whatever their size. */
  room(): number
  /** @returns false where there is no room for it; the first row always has room */
  add(row: PageRow, bytes: number): boolean
}

export function startPage(limit: number, maxBytes: number): PageInMaking {
  const rows: PageRow[] = []
  let held = 0
  return {
    rows,
    room: () => limit - rows.length,
    add(row, bytes) {
      if (rows.length >= limit || (rows.length > 0 && held + bytes > maxBytes)) return false
      rows.push(row)
      held += bytes
      return true
    },
  }
}

/** Rows of a folder that stand together in one file. */
export type RowSegment = {
  /** Within the folder: a part of a cursor. */
  name: string
  /**
   * Adds rows to the page from `position` on, which is 0 for the first and else what an earlier call returned.
   * @returns the position of the row that had no room; null where there is none
   * @throws IdiolectError `usage` for any other position
   */
  read(position: number, page: PageInMaking): Promise<number | null>
}
