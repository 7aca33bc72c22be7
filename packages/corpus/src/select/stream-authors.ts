import type { Author, Document } from '@idiolect/contracts/records'
import { immediateContext } from '@idiolect/text/context'
import { documentText } from '@idiolect/text/document-text'

import { type Database, streamRows } from '../store/database.ts'
import { type AuthorPieces, createAuthorPieces } from './author-pieces.ts'
import { targetPositions } from './plan-targets.ts'

export interface StreamOptions {
  contextChars: number
  maxDocuments: number
  limit: number | null
}

type DocumentRow = [userId: string, position: bigint, docId: string, timestamp: bigint, title: string, text: string]
type RequestRow = [requestId: string, userId: string, timestamp: bigint | null, context: string]

const documentsInOrder = 'SELECT userId, rowid, docId, timestamp, title, text FROM document ORDER BY rowid'

/** The authors whose documents are targets, with what those look back on. `planTargets` must have been called. */
export async function* streamDocumentAuthors(database: Database, options: StreamOptions): AsyncGenerator<Author> {
  const targets = await targetPositions(database)
  let ordinal = 0
  let pieces: AuthorPieces | null = null
  for await (const rows of streamRows(await database.connect(), documentsInOrder)) {
    for (const [userId, position, docId, timestamp, title, text] of rows as DocumentRow[]) {
      if (pieces?.userId !== userId) {
        if (pieces !== null) yield* pieces.end()
        if (ordinal >= targets.length) return
        pieces = createAuthorPieces(userId, options.maxDocuments)
      }
      const document: Document = { docId, timestamp: Number(timestamp), title, text }
      yield* pieces.addDocument(document)
      if (Number(position) !== targets[ordinal]) continue
      const target = {
        ordinal,
        id: targetId(userId, docId),
        userId,
        docId,
        timestamp: document.timestamp,
        context: immediateContext(document, options.contextChars),
        reference: documentText(document),
      }
      yield* pieces.addTarget(target, document.timestamp)
      ordinal += 1
    }
  }
  if (pieces !== null) yield* pieces.end()
}

/** The authors with requests. Both tables are sorted by userId, and every request's author has a document. */
export async function* streamRequestAuthors(database: Database, options: StreamOptions): AsyncGenerator<Author> {
  const requests = cursor<RequestRow>(
    streamRows(
      await database.connect(),
      `SELECT requestId, userId, timestamp, context FROM request ORDER BY rowid LIMIT ${options.limit ?? 'ALL'}`,
    ) as AsyncGenerator<RequestRow[]>,
  )
  let request = await requests.next()
  let ordinal = 0
  let pieces: AuthorPieces | null = null

  async function* settle(author: AuthorPieces, before: number): AsyncGenerator<Author> {
    while (request !== null && request[1] === author.userId) {
      const [id, userId, timestamp, given] = request
      const time = timestamp === null ? null : Number(timestamp)
      if ((time ?? Number.POSITIVE_INFINITY) > before) return
      const context = immediateContext({ title: '', text: given }, options.contextChars)
      yield* author.addTarget(
        { ordinal, id, userId, timestamp: time ?? author.latest(), context },
        time ?? Number.POSITIVE_INFINITY,
      )
      ordinal += 1
      request = await requests.next()
    }
  }

  for await (const rows of streamRows(await database.connect(), documentsInOrder)) {
    for (const [userId, , docId, timestamp, title, text] of rows as DocumentRow[]) {
      if (pieces !== null && pieces.userId !== userId) {
        yield* settle(pieces, Number.POSITIVE_INFINITY)
        yield* pieces.end()
        pieces = null
      }
      if (request === null) return
      if (request[1] !== userId) continue
      pieces ??= createAuthorPieces(userId, options.maxDocuments)
      yield* settle(pieces, Number(timestamp))
      yield* pieces.addDocument({ docId, timestamp: Number(timestamp), title, text })
    }
  }
  if (pieces === null) return
  yield* settle(pieces, Number.POSITIVE_INFINITY)
  yield* pieces.end()
}

/**
 * The output row's id. A docId is unique within its author only; a slash in the author's id is escaped, so that no two
 * targets share an id.
 */
export function targetId(userId: string, docId: string): string {
  return `${userId.replaceAll('%', '%25').replaceAll('/', '%2F')}/${docId}`
}

function cursor<Row>(batches: AsyncGenerator<Row[]>): { next(): Promise<Row | null> } {
  let rows: Row[] = []
  let at = 0
  return {
    async next() {
      while (at >= rows.length) {
        const batch = await batches.next()
        if (batch.done) return null
        rows = batch.value
        at = 0
      }
      at += 1
      return rows[at - 1]!
    },
  }
}
