import type { FinishedRun } from './manifest.ts'
import { markdownTable } from './markdown-table.ts'
import { datasetSets, splitsOf } from './tables.ts'

const meanings: Record<string, string> = {
  read: 'records in the input',
  rejected: 'records that cannot be used; `rejects.jsonl` says why',
  duplicates: 'the same document again',
  repeated: 'the same text by the same author under another id',
  documents: 'documents that are left',
  nearCopies: 'not targets: a near-copy stands in the history',
  belowMinPerUser: 'not targets: the author has too few',
  aboveMaxPerUser: 'not targets: not among those drawn of the author',
  historiesCut: 'targets that look back on the most recent documents only: there are more, or longer ones, before them',
  authors: 'authors with targets',
  targets: 'targets',
  done: 'targets with rows',
  failed: 'targets given up on; `failures.jsonl` says why',
  forgotten: 'targets of authors who were removed; `forgotten.jsonl` says what',
}

/** What became of the input, as a section of the data card. */
export function cardCounts(run: FinishedRun): string {
  const known = Object.entries(run.counts).filter(([name]) => meanings[name] !== undefined)
  return `## Counts

${markdownTable([['of', 'number', 'what'], ...known.map(([name, count]) => [name, count, meanings[name]!])])}

The rows of each set, by split. A target whose label is empty has no row in \`summary\` or \`synthesis\`; nor has one of the other half
of the training users, from whom the summarizer and the synthesizer do not learn. The three add up to the rows of \`generation\`.${withoutPartner(run)}

${markdownTable([['set', 'rows', 'without label', 'other half'], ...tableRows(run)])}`
}

function withoutPartner({ counts }: FinishedRun): string {
  if (counts.forgotten === undefined) return ''
  return ' In `author-distinction` those without label were paired with an author who was removed.'
}

function tableRows({ rows = {}, withoutLabel = {}, otherHalf = {} }: FinishedRun): (string | number)[][] {
  return datasetSets.flatMap((set) =>
    splitsOf(set).map((split) => {
      const table = `${set}/${split}`
      return [table, rows[table] ?? 0, withoutLabel[table] ?? 0, otherHalf[table] ?? 0]
    }),
  )
}
