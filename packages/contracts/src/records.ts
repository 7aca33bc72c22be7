import { z } from 'zod'

/**
 * One record, one direction: each schema extends the one before, adds what its stage made and changes nothing else.
 * Authors travel as far as Rank, so that their documents are embedded once for all of their targets; targets travel on from there.
 */

const ordinal = z.int().nonnegative()

/** Unix time in milliseconds. */
const timestamp = z.int()

/** Little-endian float32 rows, one after the other, base64. */
const base64Vectors = z.string()

export const documentSchema = z.object({
  docId: z.string(),
  timestamp,
  title: z.string(),
  text: z.string(),
})
export type Document = z.infer<typeof documentSchema>

/** METHOD "Author distinction": the passage that a training target is to be told apart from, or recognised in. */
export const distinctionSchema = z.object({
  userId: z.string(),
  docId: z.string(),
  text: z.string(),
  sameAuthor: z.boolean(),
})

const targetSchema = z.object({
  /** Place of the target in the whole run, and of its row in the output. */
  ordinal,
  id: z.string(),
  userId: z.string(),
  docId: z.string().optional(),
  timestamp,
  /** The paper's name of what is done for it. */
  method: z.string(),
  /** x_t. */
  context: z.string(),
  /** d_t, whole, its start included; absent for a request. */
  reference: z.string().optional(),
  /** Dataset task, training users. */
  distinction: distinctionSchema.optional(),
})

export const authorSchema = z.object({
  userId: z.string(),
  /** Everything that any of the targets may look back on, oldest first. */
  documents: z.array(documentSchema),
  /** `history`: [from, to) of `documents`, all of it strictly before the target; `document`: d_t's own place, in the dataset task. */
  targets: z.array(targetSchema.extend({ history: z.tuple([ordinal, ordinal]), document: ordinal.optional() })).min(1),
})
export type Author = z.infer<typeof authorSchema>

export const snippetPositionSchema = z.tuple([
  /** index into `documents` */ ordinal,
  /** [start, end) in UTF-16 units of `documentText` */ ordinal,
  ordinal,
])
export type SnippetPosition = z.infer<typeof snippetPositionSchema>

/** What the configured strategy needs is there, the rest is absent. */
export const embeddingsSchema = z.object({
  dimensions: z.int().positive(),
  /** a row a target */
  contexts: base64Vectors,
  /** a row a document */
  documents: base64Vectors.optional(),
  snippets: z.object({ positions: z.array(snippetPositionSchema), vectors: base64Vectors }).optional(),
})
export type Embeddings = z.infer<typeof embeddingsSchema>

export const embeddedAuthorSchema = authorSchema.extend({ embeddings: embeddingsSchema.nullable() })
export type EmbeddedAuthor = z.infer<typeof embeddedAuthorSchema>

export const entrySchema = z.object({
  docId: z.string(),
  /** Which snippet of the document; absent where the entry is a whole document. */
  snippet: ordinal.optional(),
  score: z.number(),
  text: z.string(),
})
export type Entry = z.infer<typeof entrySchema>

/** A snippet of an entry, with what Rank knows of it from the embeddings. */
export const entrySnippetSchema = z.object({
  /** Which entry holds it, and where: [start, end) in UTF-16 units of the entry's text. */
  entry: ordinal,
  start: ordinal,
  end: ordinal,
  /** Cosine to x_t. */
  contextSimilarity: z.number(),
  /** Mean cosine to the other snippets of the entries; 0 for a single one. */
  centrality: z.number(),
  /** Documents between its own and the target. */
  recency: ordinal,
})
export type EntrySnippet = z.infer<typeof entrySnippetSchema>

/** Up to 1,000 of them pass four doors: with schemas of tuple, string and number each takes 0.2 ms, 15 times as long. */
const wordCounts = z.custom<Array<[word: string, count: number]>>(
  (value) =>
    Array.isArray(value) &&
    value.every(
      (pair) =>
        Array.isArray(pair) &&
        pair.length === 2 &&
        typeof pair[0] === 'string' &&
        Number.isSafeInteger(pair[1]) &&
        pair[1] > 0,
    ),
)

export const rankedTargetSchema = targetSchema.extend({
  /** Best first; joined by the separator they are at most `rank.maxChars` long, so the last may be cut. */
  entries: z.array(entrySchema),
  /** Words of all of D_t that occur more than once, stop words left out, most frequent first. Empty unless Synthesize asks for them. */
  historyWords: wordCounts,
  /** The whole snippets of the entries, in order; there where Summarize chooses among them. */
  entrySnippets: z.array(entrySnippetSchema).optional(),
  /** Dataset task: cosine of each snippet of d_t, in order, to each of `entrySnippets`. */
  targetSimilarities: z.array(z.array(z.number())).optional(),
})
export type RankedTarget = z.infer<typeof rankedTargetSchema>

/** What a stage's own model is to be trained on: the prompt that it gets at inference, and the weak label as its answer. */
const exampleSchema = z.object({ prompt: z.string(), completion: z.string() })

export const summarizedTargetSchema = rankedTargetSchema.extend({
  summary: z.string(),
  /** Dataset task: the weak label as indices of `entrySnippets`, in the order of d_t's snippets. */
  summaryExample: exampleSchema.extend({ chosen: z.array(ordinal) }).optional(),
})
export type SummarizedTarget = z.infer<typeof summarizedTargetSchema>

export const synthesizedTargetSchema = summarizedTargetSchema.extend({
  keyElements: z.array(z.string()),
  /** Dataset task: the weak label, most frequent first. */
  synthesisExample: exampleSchema.extend({ chosen: z.array(z.string()) }).optional(),
})
export type SynthesizedTarget = z.infer<typeof synthesizedTargetSchema>

export const usageSchema = z.object({ promptTokens: ordinal, completionTokens: ordinal })
export type Usage = z.infer<typeof usageSchema>

export const generatedTargetSchema = synthesizedTargetSchema.extend({
  prompt: z.string(),
  /** The whole text, the given start included, as the paper's label. */
  output: z.string(),
  model: z.string(),
  usage: usageSchema,
  finishReason: z.string(),
  seed: ordinal,
})
export type GeneratedTarget = z.infer<typeof generatedTargetSchema>

/** Why a record was given up on. */
export const failureSchema = z.object({
  ordinal,
  id: z.string(),
  stage: z.string(),
  code: z.string(),
  message: z.string(),
  attempts: z.int().positive(),
})
export type Failure = z.infer<typeof failureSchema>
