import { z } from 'zod'

const text = z.string().optional()
const entry = z.object({ docId: z.string(), snippet: z.number().optional(), score: z.number(), text: z.string() })
const snippet = z.object({ entry: z.number(), start: z.number(), end: z.number(), contextSimilarity: z.number() })

/** What the page shows of a row of any table. */
const recordRowSchema = z.object({
  id: z.string(),
  userId: z.string(),
  docId: text,
  timestamp: text,
  method: text,
  context: text,
  entries: z.array(entry).optional(),
  summary: text,
  summarySource: text,
  keyElements: z.array(z.string()).optional(),
  keyElementsSource: text,
  prompt: text,
  output: text,
  reference: text,
  completion: text,
  /** The label: places in `snippets`, or words. */
  chosen: z.union([z.array(z.number()), z.array(z.string())]).optional(),
  snippets: z.array(snippet).optional(),
  otherUserId: text,
  otherDocId: text,
  model: text,
  usage: z.object({ promptTokens: z.number(), completionTokens: z.number() }).optional(),
  finishReason: text,
})

export type RecordRow = z.infer<typeof recordRowSchema>

/** null for a row of another version. Parquet has null for what a row is without. */
export function recordRow(row: Record<string, unknown>): RecordRow | null {
  const parsed = recordRowSchema.safeParse(withoutNulls(row))
  return parsed.success ? parsed.data : null
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, each]) => (each === null ? [] : [[name, withoutNulls(each)]])),
  )
}
