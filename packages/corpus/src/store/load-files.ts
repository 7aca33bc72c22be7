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
import { readValues } from '../input/read-values.ts'
import type { Reading } from '../input/reading.ts'
import type { Fault } from '../rejects.ts'
import { type BodyWriter, createBodyWriter, unsortedBodies } from './bodies.ts'
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
  fields: Fields
  parse: (value: unknown) => Parsed<T>
  append: (appender: DuckDBAppender, record: T) => number
}

function documentsInto(bodies: BodyWriter): Kind<DatedDocument> {
  return {
    table: 'raw_document',
    fields: documentFields,
    parse: parseDocument,
    append(appender, document) {
      const title = Buffer.from(document.title)
      const text = Buffer.from(document.text)
      const body = bodies.write(title, text)
      appender.appendVarchar(document.userId)
      appender.appendVarchar(document.docId)
      appender.appendBigInt(BigInt(document.timestamp))
      appender.appendVarchar(createHash('md5').update(title).update('\n').update(text).digest('hex'))
      appender.appendInteger(documentText(document).length)
      appender.appendBigInt(BigInt(body.offset))
      appender.appendInteger(body.titleBytes)
      appender.appendInteger(body.textBytes)
      return document.userId.length + document.docId.length + 100
    },
  }
}

const requests: Kind<Request> = {
  table: 'raw_request',
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

/** Reads the files into `raw_document` and the file of unsorted bodies, and what cannot be used into `reject`. */
export async function loadDocuments(database: Database, files: InputFile[], options: LoadOptions): Promise<Loaded> {
  const bodies = createBodyWriter(unsortedBodies(database))
  try {
    return await load(documentsInto(bodies), { database, files, ...options })
  } finally {
    bodies.close()
  }
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
  const writer = await createRecordWriter(database, kind)
  const loaded: Loaded = { files: [], read: 0 }
  try {
    for (const [index, { path }] of files.entries()) {
      const hash = createHash('sha256')
      let bytes = 0
      const onRaw = (chunk: Buffer) => {
        hash.update(chunk)
        bytes += chunk.length
      }
      for await (const readings of readValues(path, { fields: kind.fields, onRaw, signal })) {
        for (const reading of readings) writer.write(reading, firstFile + index)
        loaded.read += readings.length
      }
      loaded.files.push({ path, sha256: hash.digest('hex'), bytes })
    }
  } finally {
    writer.close()
  }
  return loaded
}

interface RecordWriter {
  write(reading: Reading, file: number): void
  close(): void
}

async function createRecordWriter<T>(database: Database, kind: Kind<T>): Promise<RecordWriter> {
  // Two connections: an appender keeps its own transaction open.
  const connections = [await database.connect(), await database.connect()] as const
  const rows = await connections[0].createAppender(kind.table)
  const rejects = await connections[1].createAppender('reject')
  let held = 0

  function reject(file: number, line: number, { code, reason }: Fault): void {
    rejects.appendInteger(file)
    rejects.appendBigInt(BigInt(line))
    rejects.appendVarchar(code)
    rejects.appendVarchar(reason)
    rejects.endRow()
    held += reason.length + 100
  }

  return {
    write(reading, file) {
      const parsed = 'fault' in reading ? reading : kind.parse(reading.value)
      if ('fault' in parsed) reject(file, reading.line, parsed.fault)
      else {
        held += kind.append(rows, parsed.record)
        rows.appendInteger(file)
        rows.appendBigInt(BigInt(reading.line))
        rows.endRow()
      }
      if (held < flushBytes) return
      rows.flushSync()
      rejects.flushSync()
      held = 0
    },
    close() {
      rows.closeSync()
      rejects.closeSync()
      for (const connection of connections) connection.closeSync()
    },
  }
}
