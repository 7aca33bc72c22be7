import { rm } from 'node:fs/promises'

import type { DuckDBConnection } from '@duckdb/node-api'

import type { InputFile } from '../input/expand-inputs.ts'
import { sortBodies, unsortedBodies } from './bodies.ts'
import { type Database, readNumber } from './database.ts'
import { type LoadedFile, loadDocuments, loadRequests } from './load-files.ts'

/**
 * What became of the records. Invariant: read = rejected + duplicates + repeated + documents, over the documents, and
 * requestsRead = requestsRejected + requestsDuplicates + requests.
 */
export interface CorpusCounts {
  read: number
  rejected: number
  /** The same document twice: one author, one docId, one time, one text. */
  duplicates: number
  /** The same title and text by the same author under another docId; the earliest is kept. */
  repeated: number
  documents: number
  authors: number
  requestsRead: number
  requestsRejected: number
  requestsDuplicates: number
  requests: number
}

export interface BuiltCorpus {
  counts: CorpusCounts
  inputs: LoadedFile[]
  requests: LoadedFile[]
}

export interface BuildOptions {
  inputs: InputFile[]
  requests: InputFile[]
  signal?: AbortSignal | undefined
}

/**
 * Reads the files into the tables `document` (sorted by userId, timestamp, docId in binary order), `request` (by userId, timestamp,
 * requestId) and `reject`, and the documents' titles and texts into a file in the same order. What is kept of duplicates does not depend on the order of files or lines.
 */
export async function buildCorpus(database: Database, options: BuildOptions): Promise<BuiltCorpus> {
  const { connection } = database
  await connection.run(createTables)
  const { signal } = options
  const documents = await loadDocuments(database, options.inputs, { firstFile: 0, signal })
  const requests = await loadRequests(database, options.requests, { firstFile: options.inputs.length, signal })
  for (const sql of [sortDocuments, ...removeDuplicates, sortRequests]) {
    signal?.throwIfAborted()
    await connection.run(sql)
  }
  await sortBodies(database, { runStarts: documents.runStarts, signal })
  await rm(unsortedBodies(database))
  const counts = await count(connection, {
    read: documents.read,
    requestsRead: requests.read,
    files: options.inputs.length,
  })
  await connection.run(
    'DROP TABLE raw_document; DROP TABLE raw_request; DROP TABLE same_id; DROP TABLE same_request; CHECKPOINT',
  )
  return { counts, inputs: documents.files, requests: requests.files }
}

const createTables = `
  CREATE TABLE raw_document (
    userId VARCHAR, docId VARCHAR, timestamp BIGINT, digest VARCHAR, chars INTEGER,
    bodyOffset BIGINT, titleBytes INTEGER, textBytes INTEGER, file INTEGER, line BIGINT);
  CREATE TABLE raw_request (
    requestId VARCHAR, userId VARCHAR, timestamp BIGINT, context VARCHAR, file INTEGER, line BIGINT);
  CREATE TABLE reject (file INTEGER, line BIGINT, code VARCHAR, reason VARCHAR)`

const sortDocuments = `
  CREATE TABLE document AS
  SELECT * FROM raw_document ORDER BY userId, timestamp, docId, digest`

// Of one author's documents with one docId the earliest is kept, then the one with the lowest digest;
// of those with the same title and text the earliest, then the one with the lowest docId.
const removeDuplicates = [
  `CREATE TABLE same_id AS
  SELECT position, file, line, identical FROM (
    SELECT rowid AS position, file, line, row_number() OVER same AS place,
      timestamp = first_value(timestamp) OVER same AND digest = first_value(digest) OVER same AS identical
    FROM document WINDOW same AS (PARTITION BY userId, docId ORDER BY timestamp, digest))
  WHERE place > 1`,
  `INSERT INTO reject
  SELECT file, line, 'duplicate_id', 'docId stands for another document of the same author' FROM same_id WHERE NOT identical`,
  'DELETE FROM document WHERE rowid IN (SELECT position FROM same_id)',
  `DELETE FROM document WHERE rowid IN (
    SELECT position FROM (
      SELECT rowid AS position, row_number() OVER (PARTITION BY userId, digest ORDER BY timestamp, docId) AS place FROM document)
    WHERE place > 1)`,
]

const sortRequests = `
  CREATE TABLE same_request AS
  SELECT position, file, line, identical FROM (
    SELECT rowid AS position, file, line, row_number() OVER same AS place,
      userId = first_value(userId) OVER same AND timestamp IS NOT DISTINCT FROM first_value(timestamp) OVER same
        AND context = first_value(context) OVER same AS identical
    FROM raw_request WINDOW same AS (PARTITION BY requestId ORDER BY userId, timestamp NULLS LAST, context))
  WHERE place > 1;
  INSERT INTO reject
  SELECT file, line, 'duplicate_id', 'requestId stands for another request' FROM same_request WHERE NOT identical;
  CREATE TABLE request AS
  SELECT r.requestId, r.userId, r.timestamp, r.context, r.file, r.line, earliest < coalesce(r.timestamp, earliest + 1) AS hasHistory
  FROM raw_request r LEFT JOIN (SELECT userId, min(timestamp) AS earliest FROM document GROUP BY userId) a USING (userId)
  WHERE r.rowid NOT IN (SELECT position FROM same_request)
  ORDER BY r.userId, r.timestamp NULLS LAST, r.requestId;
  INSERT INTO reject
  SELECT file, line, 'no_history', 'userId has no document before this request' FROM request WHERE hasHistory IS NOT TRUE;
  DELETE FROM request WHERE hasHistory IS NOT TRUE`

async function count(
  connection: DuckDBConnection,
  { read, requestsRead, files }: { read: number; requestsRead: number; files: number },
): Promise<CorpusCounts> {
  const of = (sql: string) => readNumber(connection, `SELECT count(*) FROM ${sql}`)
  const documents = await of('document')
  const rejected = await of(`reject WHERE file < ${files}`)
  const duplicates = await of('same_id WHERE identical')
  return {
    read,
    rejected,
    duplicates,
    repeated: read - rejected - duplicates - documents,
    documents,
    authors: await readNumber(connection, 'SELECT count(DISTINCT userId) FROM document'),
    requestsRead,
    requestsRejected: await of(`reject WHERE file >= ${files}`),
    requestsDuplicates: await of('same_request WHERE identical'),
    requests: await of('request'),
  }
}
