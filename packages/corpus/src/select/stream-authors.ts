import type { Author, Document } from '@idiolect/contracts/records'
import { immediateContext } from '@idiolect/text/context'
import { documentText } from '@idiolect/text/document-text'

import { readDocuments, type StoredDocument } from '../store/bodies.ts'
import { type Database, streamRows } from '../store/database.ts'
import { type AuthorPieces, createAuthorPieces } from './author-pieces.ts'
import type { HistoryLimits } from './history-window.ts'
import { targetPositions } from './plan-targets.ts'
import { readDistinctions } from './read-distinctions.ts'

export interface StreamOptions {
  contextChars: number
  history: HistoryLimits
  limit: number | null
  /** The names of what is done for each target; it comes once for each. */
  methods: readonly string[]
  /** Dataset task: d_t's own place goes along, and for a training user's target a passage of at most so many characters. */
  dataset: { passageChars: number } | null
}

type RequestRow = [requestId: string, userId: string, timestamp: bigint | null, context: string]

/** When a request without a timestamp was made. */
const afterEverything = Number.POSITIVE_INFINITY

/** The authors whose documents are targets, with what those look back on. `planTargets` must have been called. */
export async function* streamDocumentAuthors(database: Database, options: StreamOptions): AsyncGenerator<Author> {
  const targets = await targetPositions(database)
  const distinctionOf = options.dataset === null ? null : distinctions(database, options.dataset.passageChars)
  let ordinal = 0
  let pieces: AuthorPieces | null = null
  for await (const stored of readDocuments(database)) {
    for (const { userId, position, docId, timestamp, title, text, chars } of stored) {
      if (pieces?.userId !== userId) {
        if (pieces !== null) yield* pieces.end()
        if (ordinal >= targets.length) return
        pieces = createAuthorPieces(userId, options.history)
      }
      const document: Document = { docId, timestamp, title, text }
      pieces.addDocument(document, chars)
      if (position !== targets[ordinal]) continue
      const distinction = await distinctionOf?.(ordinal)
      const target = {
        ordinal,
        id: targetId(userId, docId),
        userId,
        docId,
        timestamp,
        context: immediateContext(document, options.contextChars),
        reference: documentText(document),
        ...(distinction == null ? {} : { distinction }),
      }
      for (const each of byMethod(target, options.methods)) {
        yield* pieces.addTarget(each, { own: options.dataset !== null })
      }
      ordinal += 1
    }
  }
  if (pieces !== null) yield* pieces.end()
}

/** The authors with requests. Both tables are sorted by userId, and every request's author has a document. */
export async function* streamRequestAuthors(database: Database, options: StreamOptions): AsyncGenerator<Author> {
  const sql = `SELECT requestId, userId, timestamp, context FROM request ORDER BY rowid LIMIT ${options.limit ?? 'ALL'}`
  const batches = streamRows(database, sql) as AsyncGenerator<RequestRow[]>
  try {
    yield* joinRequests(eachRow(batches), readDocuments(database), options)
  } finally {
    await batches.return(undefined)
  }
}

async function* joinRequests(
  requests: AsyncGenerator<RequestRow>,
  documents: AsyncGenerator<StoredDocument[]>,
  options: StreamOptions,
): AsyncGenerator<Author> {
  let request = await requests.next()
  let ordinal = 0
  let pieces: AuthorPieces | null = null

  /** Those of the author that look back on nothing from `before` on, but on every document so far. */
  async function* settle(author: AuthorPieces, before: number): AsyncGenerator<Author> {
    while (!request.done && request.value[1] === author.userId) {
      const [id, userId, timestamp, given] = request.value
      const time = timestamp === null ? afterEverything : Number(timestamp)
      if (time > before) return
      const context = immediateContext({ title: '', text: given }, options.contextChars)
      const shown = timestamp === null ? author.latest() : time
      const target = { ordinal, id, userId, timestamp: shown, context }
      author.passTime()
      for (const each of byMethod(target, options.methods)) yield* author.addTarget(each)
      ordinal += 1
      request = await requests.next()
    }
  }

  for await (const stored of documents) {
    for (const { userId, docId, timestamp, title, text, chars } of stored) {
      if (pieces !== null && pieces.userId !== userId) {
        yield* settle(pieces, afterEverything)
        yield* pieces.end()
        pieces = null
      }
      if (request.done) return
      if (request.value[1] !== userId) continue
      pieces ??= createAuthorPieces(userId, options.history)
      yield* settle(pieces, timestamp)
      pieces.addDocument({ docId, timestamp, title, text }, chars)
    }
  }
  if (pieces === null) return
  yield* settle(pieces, afterEverything)
  yield* pieces.end()
}

/** A target as it is where one thing is done for it; else once a method, numbered and named apart. */
function byMethod<Target extends { ordinal: number; id: string }>(
  target: Target,
  methods: readonly string[],
): (Target & { method: string })[] {
  if (methods.length === 1) return [{ ...target, method: methods[0]! }]
  return methods.map((method, index) => ({
    ...target,
    ordinal: target.ordinal * methods.length + index,
    id: `${target.id}|${method}`,
    method,
  }))
}

/** Looks distinctions up by ascending ordinals. */
function distinctions(database: Database, maxChars: number) {
  const stream = readDistinctions(database, maxChars)
  let next = stream.next()
  return async (ordinal: number) => {
    const { done, value } = await next
    if (done || value.ordinal !== ordinal) return null
    next = stream.next()
    return value.distinction
  }
}

async function* eachRow<Row>(batches: AsyncGenerator<Row[]>): AsyncGenerator<Row> {
  for await (const rows of batches) yield* rows
}

/**
 * The output row's id. A docId is unique within its author only; a slash in the author's id is escaped, so that no two
 * targets share an id.
 */
function targetId(userId: string, docId: string): string {
  return `${userId.replaceAll('%', '%25').replaceAll('/', '%2F')}/${docId}`
}
