import { z } from 'zod'

/** Parquet gives whole numbers of 64 bits as bigint. */
const number = z.union([z.number(), z.bigint()]).transform(Number)
const ordinal = number.pipe(z.int().nonnegative())

const row = {
  id: z.string(),
  userId: z.string(),
  context: z.string(),
  entries: z.array(z.object({ docId: z.string(), score: number, text: z.string() })),
}

const snippet = z.object({
  entry: ordinal,
  start: ordinal,
  end: ordinal,
  contextSimilarity: number,
  centrality: number,
  recency: ordinal,
})

/** A row of the dataset task's `summary`: `chosen` are indices of `snippets`. */
export const summaryRowSchema = z
  .object({
    ...row,
    snippets: z.array(snippet),
    chosen: z.array(ordinal),
    summary: z.string(),
    summarySource: z.string(),
  })
  .refine(
    ({ entries, snippets, chosen }) =>
      snippets.every(({ entry }) => entry < entries.length) && chosen.every((index) => index < snippets.length),
    'chosen or snippets point at nothing',
  )
export type SummaryRow = z.infer<typeof summaryRowSchema>

/** A row of `synthesis`: `chosen` are words. */
export const synthesisRowSchema = z.object({
  ...row,
  chosen: z.array(z.string()),
  keyElements: z.array(z.string()),
  keyElementsSource: z.string(),
})
export type SynthesisRow = z.infer<typeof synthesisRowSchema>
