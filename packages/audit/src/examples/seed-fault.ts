import { splitOf } from '@idiolect/contracts/split'

import type { CheckNumber } from '../report.ts'
import { type ExampleDataset, type ExampleDocument, type ExampleRow, wholeText } from './example-dataset.ts'

/** Where a fault was put. */
export interface Seeded {
  id: string
  set: string
}

export interface Fault {
  check: CheckNumber
  name: string
  /** A part of the reason that the audit gives. */
  reason: string
  /** Puts the fault into the example, in a row that `draw` decides. */
  seed(example: ExampleDataset, draw: number): Seeded
}

type Change = (row: ExampleRow, written: ExampleDocument[], example: ExampleDataset) => void

/** A change of one row of the given sets, of those for which `eligible` holds. */
export function inRow(
  sets: RegExp,
  change: Change,
  eligible: (row: ExampleRow) => boolean = () => true,
): Fault['seed'] {
  return (example, draw) => {
    const rows = Object.entries(example.sets)
      .filter(([set]) => sets.test(set))
      .flatMap(([set, all]) => all.filter(eligible).map((row) => ({ set, row })))
    const { set, row } = rows[draw % rows.length]!
    change(
      row,
      example.documents.filter(({ userId }) => userId === row.userId),
      example,
    )
    return { id: row.id, set }
  }
}

/** A row copied into another set's training file, of a user for whom `eligible` holds. */
export function copied(
  from: RegExp,
  to: string,
  eligible: (userId: string, example: ExampleDataset) => boolean,
): Fault['seed'] {
  return (example, draw) => {
    const rows = Object.entries(example.sets)
      .filter(([set]) => from.test(set))
      .flatMap(([, all]) => all.filter(({ userId }) => eligible(userId, example)))
    const row = rows[draw % rows.length]!
    example.sets[to]!.splice(draw % example.sets[to]!.length, 0, row)
    return { id: row.id, set: to }
  }
}

export const retrieved = /^(generation|summary|synthesis)\//
export const append = (row: ExampleRow, { docId, ...document }: ExampleDocument, text = wholeText(document)) => {
  row.entries.push({ docId, score: 0.1, text: text.slice(0, 200) })
}
export const ofSplit =
  (split: string) =>
  (userId: string, { config }: ExampleDataset) =>
    splitOf(userId, config) === split
export const targetOf = ({ docId }: ExampleRow, written: ExampleDocument[]) =>
  written.find((document) => document.docId === docId)!
