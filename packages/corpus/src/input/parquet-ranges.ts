import type { DuckDBConnection } from '@duckdb/node-api'

/** DuckDB hands so many rows over at once, however long they are: a file of 6 KB may hold 20 GB. */
const rowsAtOnce = 2048

/** Of the texts that are handed over at once. */
const bytesAtOnce = 67_108_864

export interface RowRange {
  from: number
  to: number
}

/**
 * The rows of a Parquet file in ranges that can be read one after the other: of texts of usual length all of them are one range.
 * @param rows SQL for the rows with their numbers from 0 on as `number`, and the bytes of their texts as `bytes`
 * @param maxRowBytes a row with more is not read
 */
export async function rowRanges(
  connection: DuckDBConnection,
  { rows, maxRowBytes }: { rows: string; maxRowBytes: number },
): Promise<RowRange[]> {
  const sql = `
    SELECT count(*), sum(least(bytes, ${maxRowBytes})), max(least(bytes, ${maxRowBytes}))
    FROM ${rows} GROUP BY number // ${rowsAtOnce} ORDER BY number // ${rowsAtOnce}`
  const blocks = (await connection.runAndReadAll(sql)).getRows() as [count: bigint, sum: bigint, max: bigint][]
  const ranges: RowRange[] = []
  let from = 0
  let isOpen = false
  for (const [count, sum, max] of blocks) {
    const end = from + Number(count)
    if (Number(sum) <= bytesAtOnce) {
      if (isOpen) ranges.at(-1)!.to = end
      else ranges.push({ from, to: end })
      isOpen = true
    } else {
      const step = Math.max(1, Math.floor(bytesAtOnce / Number(max)))
      for (let first = from; first < end; first += step) ranges.push({ from: first, to: Math.min(first + step, end) })
      isOpen = false
    }
    from = end
  }
  return ranges
}
