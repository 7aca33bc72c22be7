import type { Database } from '@idiolect/corpus/store/database'

import type { OutputFile } from './output-files.ts'
import { type Row, readRows } from './output-rows.ts'

/** A row's slot 0 is the target; the others are its entries in order, or the other document of an author-distinction row. */
const createTables = `
  CREATE TABLE audited (row BIGINT, id VARCHAR, place VARCHAR, isTraining BOOLEAN, userId VARCHAR, otherUserId VARCHAR);
  CREATE TABLE named_document (row BIGINT, slot INTEGER, userId VARCHAR, docId VARCHAR);
  CREATE TABLE named_request (row BIGINT, userId VARCHAR, requestId VARCHAR, context VARCHAR)`

/** The bodies lie in the file of the corpus one after the other, in the order of the documents. */
const resolveNames = `
  CREATE TABLE reference AS
  WITH placed AS (
    SELECT rowid AS position, (sum(titleBytes + textBytes) OVER (ORDER BY rowid) - titleBytes - textBytes)::BIGINT AS bodyStart
    FROM document)
  SELECT n.row, n.slot, d.timestamp, p.bodyStart, d.titleBytes, d.textBytes, false AS isRequest, NULL::BOOLEAN AS beginsWithContext
  FROM named_document n
  LEFT JOIN document d ON n.userId = d.userId AND n.docId = d.docId
  LEFT JOIN placed p ON p.position = d.rowid;
  INSERT INTO reference
  SELECT n.row, 0, r.timestamp, NULL, NULL, NULL, r.requestId IS NOT NULL, starts_with(r.context, n.context)
  FROM named_request n LEFT JOIN request r ON n.userId = r.userId AND n.requestId = r.requestId;
  DROP TABLE named_document;
  DROP TABLE named_request`

/** What the appenders hold in memory before they write. */
const flushNames = 100_000

export interface NamingOptions {
  /** Whether the ids end with a bar and the method, as those of `compare` do. */
  compared: boolean
  signal: AbortSignal
}

/**
 * First pass over the rows: joins what they name with the input, out of core. Makes the tables `audited`, a line a row, and
 * `reference`; rows are numbered in the order of the files.
 * @returns how many rows there are
 */
export async function nameReferences(
  database: Database,
  files: readonly OutputFile[],
  { compared, signal }: NamingOptions,
): Promise<number> {
  await database.connection.run(createTables)
  const names = await createNameWriter(database, compared)
  let count = 0
  try {
    for (const file of files) {
      for await (const rows of readRows(file, signal)) {
        for (const row of rows) {
          names.write(row, file, BigInt(count))
          count += 1
        }
      }
    }
  } finally {
    names.close()
  }
  await database.connection.run(resolveNames)
  return count
}

async function createNameWriter(database: Database, compared: boolean) {
  // An appender keeps its connection's transaction open.
  const connections = [await database.connect(), await database.connect(), await database.connect()] as const
  const audited = await connections[0].createAppender('audited')
  const documents = await connections[1].createAppender('named_document')
  const requests = await connections[2].createAppender('named_request')
  const appenders = [audited, documents, requests]
  let held = 0

  function nameDocument(number: bigint, slot: number, userId: string, docId: string): void {
    documents.appendBigInt(number)
    documents.appendInteger(slot)
    documents.appendVarchar(userId)
    documents.appendVarchar(docId)
    documents.endRow()
    held += 1
  }

  function nameTarget(row: Row, number: bigint): void {
    if (row.docId !== undefined) nameDocument(number, 0, row.userId, row.docId)
    else if (row.kind === 'generations') {
      requests.appendBigInt(number)
      requests.appendVarchar(row.userId)
      requests.appendVarchar(requestIdOf(row, compared))
      requests.appendVarchar(row.context)
      requests.endRow()
    }
  }

  function nameRow(row: Row, { set, split }: OutputFile, number: bigint): void {
    audited.appendBigInt(number)
    audited.appendVarchar(row.id)
    audited.appendVarchar(set)
    audited.appendBoolean(split === 'train')
    audited.appendVarchar(row.userId)
    if (row.kind === 'author-distinction') audited.appendVarchar(row.otherUserId)
    else audited.appendNull()
    audited.endRow()
  }

  return {
    write(row: Row, file: OutputFile, number: bigint): void {
      nameRow(row, file, number)
      nameTarget(row, number)
      if (row.kind === 'author-distinction') nameDocument(number, 1, row.otherUserId, row.otherDocId)
      else for (const [index, { docId }] of row.entries.entries()) nameDocument(number, index + 1, row.userId, docId)
      if (held < flushNames) return
      for (const appender of appenders) appender.flushSync()
      held = 0
    },
    close(): void {
      for (const appender of appenders) appender.closeSync()
      for (const connection of connections) connection.closeSync()
    },
  }
}

function requestIdOf({ id, method }: { id: string; method: string }, compared: boolean): string {
  const suffix = `|${method}`
  return compared && id.endsWith(suffix) ? id.slice(0, -suffix.length) : id
}
