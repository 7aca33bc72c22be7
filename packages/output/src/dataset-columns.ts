import type { DatasetSet } from './tables.ts'

type Scalar = 'string' | 'int64' | 'float64'

/** A list may be of structs, by the names of their fields; what a row leaves out of one is null in Parquet. */
export type ColumnType = Scalar | { list: Scalar | Record<string, Scalar> }

export type Column = { name: string; type: ColumnType; meaning: string }

const target: Column[] = [
  { name: 'id', type: 'string', meaning: 'the target; the same in every set' },
  { name: 'userId', type: 'string', meaning: 'its author' },
  { name: 'docId', type: 'string', meaning: 'the document that is the target' },
  { name: 'timestamp', type: 'string', meaning: 'when it was written, ISO 8601' },
]

const context: Column = { name: 'context', type: 'string', meaning: 'x_t, the start of the target' }
const entries: Column = {
  name: 'entries',
  type: { list: { docId: 'string', snippet: 'int64', score: 'float64', text: 'string' } },
  meaning:
    'ranked past text of the author, best first; `snippet` says which one of the document, and is missing for a whole document',
}
const summary: Column[] = [
  { name: 'summary', type: 'string', meaning: 'what the configured method made of the entries' },
  {
    name: 'summarySource',
    type: 'string',
    meaning: 'that method, with `:model` after it where a language model made it',
  },
]
const keyElements: Column[] = [
  { name: 'keyElements', type: { list: 'string' }, meaning: "the author's important words by the configured method" },
  {
    name: 'keyElementsSource',
    type: 'string',
    meaning: 'that method, with `:model` after it where a language model made them',
  },
]
const snippetFields = {
  entry: 'int64',
  start: 'int64',
  end: 'int64',
  contextSimilarity: 'float64',
  centrality: 'float64',
  recency: 'int64',
} as const

/** The columns of each set in their order, with their types in Parquet and in the data card. */
export const datasetColumns: Record<DatasetSet, Column[]> = {
  generation: [
    ...target,
    { name: 'method', type: 'string', meaning: 'what the prompt was made by' },
    { name: 'prompt', type: 'string', meaning: 'instruction and parts, as the generator is asked' },
    { name: 'completion', type: 'string', meaning: 'd_t, the whole target, its start included' },
    context,
    entries,
    ...summary,
    ...keyElements,
  ],
  summary: [
    ...target,
    { name: 'prompt', type: 'string', meaning: 'as the summarizer is asked' },
    {
      name: 'completion',
      type: 'string',
      meaning: 'the weak label: the chosen past snippets, trimmed, in label order, a space between',
    },
    context,
    entries,
    {
      name: 'snippets',
      type: { list: snippetFields },
      meaning:
        'the snippets to choose from: which entry and where in it (UTF-16 units), cosine to x_t, mean cosine to the others, documents between its own and the target',
    },
    { name: 'chosen', type: { list: 'int64' }, meaning: 'the label as places in `snippets`, counted from 0' },
    ...summary,
  ],
  synthesis: [
    ...target,
    { name: 'prompt', type: 'string', meaning: 'as the synthesizer is asked' },
    { name: 'completion', type: 'string', meaning: 'the weak label: `Keywords: ` and the chosen words' },
    context,
    entries,
    { name: 'chosen', type: { list: 'string' }, meaning: 'the words of the label, most frequent first' },
    ...keyElements,
  ],
  'author-distinction': [
    ...target,
    { name: 'prompt', type: 'string', meaning: 'instruction and two passages, the target as the first' },
    { name: 'completion', type: 'string', meaning: '`true` where both are by the same author, else `false`' },
    { name: 'otherUserId', type: 'string', meaning: 'who wrote the second passage' },
    { name: 'otherDocId', type: 'string', meaning: 'the document that it is from' },
  ],
}
