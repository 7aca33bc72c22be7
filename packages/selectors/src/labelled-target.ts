import type { DocumentFrequencies } from '@idiolect/text/document-frequencies'

import { snippetCandidates } from './snippet-candidates.ts'
import type { SummaryRow, SynthesisRow } from './training-rows.ts'
import { wordCandidates } from './word-candidates.ts'

/** The candidates of one training target, and which of them the weak label has. */
export type LabelledTarget = {
  id: string
  userId: string
  /** Row-major, a row a candidate. */
  values: Float32Array
  labels: Uint8Array
  /** The candidates themselves where they are words, else empty. */
  words: readonly string[]
}

export function labelledSnippets(row: SummaryRow): LabelledTarget {
  const chosen = new Set(row.chosen)
  return {
    id: row.id,
    userId: row.userId,
    values: snippetCandidates({ ...row, entrySnippets: row.snippets }),
    labels: Uint8Array.from(row.snippets, (_, index) => Number(chosen.has(index))),
    words: [],
  }
}

export function labelledWords(row: SynthesisRow, frequencies: DocumentFrequencies): LabelledTarget {
  const chosen = new Set(row.chosen)
  const { words, values } = wordCandidates(row, frequencies)
  const labels = Uint8Array.from(words, (word) => Number(chosen.has(word)))
  return { id: row.id, userId: row.userId, values, labels, words }
}
