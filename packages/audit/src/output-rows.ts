import { IdiolectError } from '@idiolect/contracts/errors'
import { readValues } from '@idiolect/corpus/input/read-values'
import type { Reading } from '@idiolect/corpus/input/reading'
import { z } from 'zod'

import type { OutputFile, RowKind } from './output-files.ts'

/** Parquet gives whole numbers of 64 bits as bigint, and times as dates. */
const ordinal = z.preprocess((value) => (typeof value === 'bigint' ? Number(value) : value), z.int().nonnegative())
const time = z.union([z.string(), z.date()]).transform((value) => new Date(value).getTime())

const target = z.object({
  id: z.string(),
  userId: z.string(),
  docId: z.string(),
  /** Unix time in milliseconds, NaN where it is no time. */
  timestamp: time,
  prompt: z.string(),
})
const retrieved = target.extend({
  context: z.string(),
  entries: z.array(z.object({ docId: z.string(), text: z.string() })),
})

const schemas = {
  /** Without `docId`: the row of a request. */
  generations: retrieved.extend({
    docId: z.string().optional(),
    method: z.string(),
    summary: z.string(),
    reference: z.string().optional(),
  }),
  generation: retrieved.extend({
    completion: z.string(),
    summary: z.string(),
    summarySource: z.string(),
    keyElements: z.array(z.string()),
    keyElementsSource: z.string(),
  }),
  summary: retrieved.extend({
    completion: z.string(),
    snippets: z.array(z.object({ entry: ordinal, start: ordinal, end: ordinal })),
    chosen: z.array(ordinal),
    summarySource: z.string(),
  }),
  synthesis: retrieved.extend({ completion: z.string(), chosen: z.array(z.string()), keyElementsSource: z.string() }),
  'author-distinction': target.extend({ completion: z.string(), otherUserId: z.string(), otherDocId: z.string() }),
} as const satisfies Record<RowKind, z.ZodObject>

export type RowOf<Kind extends RowKind> = { kind: Kind } & z.infer<(typeof schemas)[Kind]>
export type Row = { [Kind in RowKind]: RowOf<Kind> }[RowKind]
/** A row that was written from entries. */
export type RetrievedRow = Exclude<Row, { kind: 'author-distinction' }>

/**
 * The rows of a file in its order, as far as the checks need them, some at a time.
 * @throws IdiolectError `input_unusable` with file and line for one that is no row of its set
 */
export async function* readRows(file: OutputFile, signal: AbortSignal): AsyncGenerator<Row[]> {
  const schema = schemas[file.kind]
  const fields = { required: Object.keys(schema.shape), optional: [] }
  for await (const readings of readValues(file.path, { fields, onRaw: () => {}, signal })) {
    yield readings.map((reading) => parseRow(reading, file))
  }
}

function parseRow(reading: Reading, { path, kind }: OutputFile): Row {
  const refuse = (problem: string) => new IdiolectError('input_unusable', `${path}:${reading.line}: ${problem}`)
  if ('fault' in reading) throw refuse(reading.fault.reason)
  const parsed = schemas[kind].safeParse(withoutNulls(reading.value))
  if (!parsed.success) {
    throw refuse(
      parsed.error.issues.map(({ path: key, message }) => `${key.join('.') || 'row'}: ${message}`).join('; '),
    )
  }
  return { kind, ...parsed.data } as Row
}

/** Parquet has null where JSON Lines leave a key out. */
function withoutNulls(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== null))
}
