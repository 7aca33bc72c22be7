import { createHash } from 'node:crypto'

import type { DuckDBAppender } from '@duckdb/node-api'
import { documentText } from '@idiolect/text/document-text'

import type { InputFile } from '../input/expand-inputs.ts'
import {
  type DatedDocument,
  documentFields,
  type Fields,
  type Parsed,
  parseDocument,
  parseRequest,
  type Request,
  requestFields,
} from '../input/parse-record.ts'
import { type Reading, readValues } from '../input/read-values.ts'
import type { Fault } from '../rejects.ts'
import type { Database } from './database.ts'

/** What the appender holds in memory before it writes. */
const flushBytes = 16_000_000

export interface LoadedFile {
  path: string
  sha256: string
  bytes: number
}

export interface Loaded {
  files: LoadedFile[]
  /** Records met, good or not. */
  read: number
}

export interface LoadOptions {
  /** Number of the first file in the table of rejects. */
  firstFile: number
  signal?: AbortSignal | undefined
}

interface Kind<T> {
  table: string
  catalog: string
  fields: Fields
  parse: (value: unknown) => Parsed<T>
  append: (appender: DuckDBAppender, record: T) => number
}

const documents: Kind<DatedDocument> = {
  table: 'raw_document',
  catalog: 'raw',
  fields: documentFields,
  parse: parseDocument,
  append(appender, document) {
    appender.appendVarchar(document.userId)
    appender.appendVarchar(document.docId)
    appender.appendBigInt(BigInt(document.timestamp))
    appender.appendVarchar(document.title)
    appender.appendVarchar(document.text)
    appender.appendInteger(documentText(document).length)
    return document.title.length + document.text.length + 100
  },
}

const requests: Kind<Request> = {
  table: 'raw_request',
  catalog: 'raw',
  fields: requestFields,
  parse: parseRequest,
  append(appender, request) {
    appender.appendVarchar(request.requestId)
    appender.appendVarchar(request.userId)
    if (request.timestamp === null) appender.appendNull()
    else appender.appendBigInt(BigInt(request.timestamp))
    appender.appendVarchar(request.context)
    return request.context.length + 100
  },
}

/** Reads the files into `raw_document`, and what cannot be used into `reject`. */
export function loadDocuments(database: Database, files: InputFile[], options: LoadOptions): Promise<Loaded> {
  return load(documents, { database, files, ...options })
}

/** Reads the files into `raw_request`, and what cannot be used into `reject`. */
export function loadRequests(database: Database, files: InputFile[], options: LoadOptions): Promise<Loaded> {
  return load(requests, { database, files, ...options })
}

interface Load extends LoadOptions {
  database: Database
  files: InputFile[]
}

async function load<T>(kind: Kind<T>, { database, files, firstFile, signal }: Load): Promise<Loaded> {
  // Two connections: an appender keeps its own transaction open.
  const rows = await (await database.connect()).createAppender(kind.table, 'main', kind.catalog)
  const rejects = await (await database.connect()).createAppender('reject')
  const loaded: Loaded = { files: [], read: 0 }
  let held = 0

  function flush(): void {
    rows.flushSync()
    rejects.flushSync()
    held = 0
  }

  function take(reading: Reading, file: number): void {
    loaded.read += 1
    const parsed = 'fault' in reading ? reading : kind.parse(reading.value)
    if ('fault' in parsed) {
      appendReject(rejects, { file, line: reading.line, fault: parsed.fault })
      held += 200
      return
    }
    held += kind.append(rows, parsed.record)
    rows.appendInteger(file)
    rows.appendBigInt(BigInt(reading.line))
    rows.endRow()
  }

  for (const [index, { path }] of files.entries()) {
    const hash = createHash('sha256')
    let bytes = 0
    const onRaw = (chunk: Buffer) => {
      hash.update(chunk)
      bytes += chunk.length
    }
    for await (const readings of readValues(path, { fields: kind.fields, onRaw, signal })) {
      for (const reading of readings) take(reading, firstFile + index)
      if (held > flushBytes) flush()
    }
    loaded.files.push({ path, sha256: hash.digest('hex'), bytes })
  }
  rows.closeSync()
  rejects.closeSync()
  return loaded
}

function appendReject(
  appender: DuckDBAppender,
  { file, line, fault }: { file: number; line: number; fault: Fault },
): void {
  appender.appendInteger(file)
  appender.appendBigInt(BigInt(line))
  appender.appendVarchar(fault.code)
  appender.appendVarchar(fault.reason)
  appender.endRow()
}
