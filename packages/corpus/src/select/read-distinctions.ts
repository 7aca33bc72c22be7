import { closeSync, openSync } from 'node:fs'

import type { Author } from '@idiolect/contracts/records'
import { cutText } from '@idiolect/text/cut-text'
import { documentText } from '@idiolect/text/document-text'

import { readBody, sortedBodies } from '../store/bodies.ts'
import { type Database, streamRows } from '../store/database.ts'

type Distinction = NonNullable<Author['targets'][number]['distinction']>

type Row = [
  ordinal: bigint,
  sameAuthor: boolean,
  userId: string,
  docId: string,
  offset: bigint,
  titleBytes: number,
  textBytes: number,
]

/** The partners that `planPairs` chose, by the ordinal of the target; each passage is cut to `maxChars`. */
export async function* readDistinctions(
  database: Database,
  maxChars: number,
): AsyncGenerator<{ ordinal: number; distinction: Distinction }> {
  const sql = `
    WITH placed AS (
      SELECT rowid AS position, userId, docId, titleBytes, textBytes,
        (sum(titleBytes + textBytes) OVER (ORDER BY rowid) - titleBytes - textBytes)::BIGINT AS bodyStart
      FROM document)
    SELECT p.ordinal, p.sameAuthor, d.userId, d.docId, d.bodyStart, d.titleBytes, d.textBytes
    FROM pair p JOIN placed d ON d.position = p.partner ORDER BY p.ordinal`
  const file = openSync(sortedBodies(database), 'r')
  try {
    for await (const rows of streamRows(database, sql)) {
      for (const [ordinal, sameAuthor, userId, docId, offset, titleBytes, textBytes] of rows as Row[]) {
        const body = readBody(file, { offset: Number(offset), titleBytes, textBytes })
        const text = cutText(documentText(body), maxChars)
        yield { ordinal: Number(ordinal), distinction: { userId, docId, text, sameAuthor } }
      }
    }
  } finally {
    closeSync(file)
  }
}
