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

/** Documents are sorted in memory in runs of so many characters, which are merged later: `sortBodies`. */
const runChars = 32_000_000

/** Requests go to the appender whole, which holds them in memory once more. */
const requestChars = 16_000_000

/** What a record takes beside its text, roughly: ids, and the objects that hold them. */
const charsBeside = 400

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

interface Waiting<T> {
  record: T
  file: number
  line: number
}

interface Kind<T> {
  table: string
  fields: Fields
  parse: (value: unknown) => Parsed<T>
  chars: (record: T) => number
  /** So many characters are appended together, … */
  waitingChars: number
  /** … in the order that this leaves them in. */
  arrange: (waiting: Waiting<T>[]) => void
  append: (appender: DuckDBAppender, record: T) => void
}

function documentsInto(bodies: BodyWriter, runStarts: number[]): Kind<DatedDocument> {
  return {
    table: 'raw_document',
    fields: documentFields,
    parse: parseDocument,
    chars: ({ title, text }) => title.length + text.length,
    waitingChars: runChars,
    arrange(waiting) {
      waiting.sort((a, b) => compareKeys(a.record, b.record))
      runStarts.push(bodies.end())
    },
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
    },
  }
}

/** The order of the table `document`, but for ids with characters beyond U+FFFF, which only makes merging slower. */
function compareKeys(a: DatedDocument, b: DatedDocument): number {
  if (a.userId !== b.userId) return a.userId < b.userId ? -1 : 1
  if (a.timestamp !== b.timestamp) return a.timestamp - b.timestamp
  return a.docId < b.docId ? -1 : a.docId > b.docId ? 1 : 0
}

const requests: Kind<Request> = {
  table: 'raw_request',
  fields: requestFields,
  parse: parseRequest,
  chars: ({ context }) => context.length,
  waitingChars: requestChars,
  arrange: () => {},
  append(appender, request) {
    appender.appendVarchar(request.requestId)
    appender.appendVarchar(request.userId)
    if (request.timestamp === null) appender.appendNull()
    else appender.appendBigInt(BigInt(request.timestamp))
    appender.appendVarchar(request.context)
  },
}

/**
 * Reads the files into `raw_document` and the file of unsorted bodies, and what cannot be used into `reject`. The bodies come in
 * runs that begin at `runStarts`, each sorted by userId, timestamp and docId.
 */
export async function loadDocuments(
  database: Database,
  files: InputFile[],
  options: LoadOptions,
): Promise<Loaded & { runStarts: number[] }> {
  const bodies = createBodyWriter(unsortedBodies(database))
  const runStarts: number[] = []
  try {
    return { ...(await load(documentsInto(bodies, runStarts), { database, files, ...options })), runStarts }
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
    writer.flush()
  } finally {
    writer.close()
  }
  return loaded
}

interface RecordWriter {
  write(reading: Reading, file: number): void
  /** Appends what waits. */
  flush(): void
  close(): void
}

async function createRecordWriter<T>(database: Database, kind: Kind<T>): Promise<RecordWriter> {
  // Two connections: an appender keeps its own transaction open.
  const connections = [await database.connect(), await database.connect()] as const
  const rows = await connections[0].createAppender(kind.table)
  const rejects = await connections[1].createAppender('reject')
  let waiting: Waiting<T>[] = []
  let waitingChars = 0

  function reject(file: number, line: number, { code, reason }: Fault): void {
    rejects.appendInteger(file)
    rejects.appendBigInt(BigInt(line))
    rejects.appendVarchar(code)
    rejects.appendVarchar(reason)
    rejects.endRow()
    waitingChars += reason.length + charsBeside
  }

  function flush(): void {
    kind.arrange(waiting)
    for (const { record, file, line } of waiting) {
      kind.append(rows, record)
      rows.appendInteger(file)
      rows.appendBigInt(BigInt(line))
      rows.endRow()
    }
    rows.flushSync()
    rejects.flushSync()
    waiting = []
    waitingChars = 0
  }

  return {
    write(reading, file) {
      const parsed = 'fault' in reading ? reading : kind.parse(reading.value)
      if ('fault' in parsed) reject(file, reading.line, parsed.fault)
      else {
        waiting.push({ record: parsed.record, file, line: reading.line })
        waitingChars += kind.chars(parsed.record) + charsBeside
      }
      if (waitingChars >= kind.waitingChars) flush()
    },
    flush,
    close() {
      rows.closeSync()
      rejects.closeSync()
      for (const connection of connections) connection.closeSync()
    },
  }
}
