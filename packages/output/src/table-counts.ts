import { IdiolectError } from '@idiolect/contracts/errors'

import { datasetSets, isTargetTable, splitsOf, type TableName } from './tables.ts'

/**
 * Where the targets of a dataset went, by table. Of each set and split, `rows` + `withoutLabel` + `otherHalf` are the rows of
 * `generation` in that split, and these over all splits are the targets that were done.
 */
export type TableCounts = {
  rows: Record<string, number>
  /** Left out because the label is empty, or the author to be told apart from was forgotten. */
  withoutLabel: Record<string, number>
  /** Of training users that Su and Sy do not learn from. */
  otherHalf: Record<string, number>
}

/** By table, of the rows that were written and of the targets that are left out of it. */
export type RowCounts = { rows: Map<TableName, number>; withoutLabel: Map<TableName, number> }

/** @throws IdiolectError `internal` where the counts do not add up */
export function countTables({ rows, withoutLabel }: RowCounts): TableCounts {
  const counts: TableCounts = { rows: Object.fromEntries(rows), withoutLabel: {}, otherHalf: {} }
  for (const set of datasetSets) {
    if (set === 'generation') continue
    for (const split of splitsOf(set)) {
      const table: TableName = `${set}/${split}`
      const missing = withoutLabel.get(table)!
      const rest = rows.get(`generation/${split}`)! - rows.get(table)! - missing
      const hasOtherHalf = split === 'train' && set !== 'author-distinction'
      if (rest < 0 || (rest > 0 && !hasOtherHalf)) {
        throw new IdiolectError(
          'internal',
          `${table}: its rows do not fit those of generation/${split}, off by ${rest}`,
        )
      }
      counts.withoutLabel[table] = missing
      if (hasOtherHalf) counts.otherHalf[table] = rest
    }
  }
  return counts
}

/** Rows that stand for a target each: one in the generate task, and one in `generation` in the dataset task. */
export function targetRows(rows: RowCounts['rows']): number {
  let sum = 0
  for (const [table, count] of rows) if (isTargetTable(table)) sum += count
  return sum
}
