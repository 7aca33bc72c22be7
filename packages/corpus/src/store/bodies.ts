import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs'
import { join } from 'node:path'

import { type Database, streamRows } from './database.ts'

/**
 * Titles and texts lie beside the database, one after the other in UTF-8, and the database sorts only what they are sorted by:
 * DuckDB holds long strings of a row group in memory, and 120,000 documents of 8 KB do not sort in 512 MB.
 */
const writeBytes = 4_194_304
const readBytes = 4_194_304

/** What the pieces of all runs take together while they are merged, and one of them at most. */
const mergeBytes = 134_217_728
const maxPieceBytes = 1_048_576

export interface Body {
  offset: number
  titleBytes: number
  textBytes: number
}

export interface BodyWriter {
  write(title: Buffer, text: Buffer): Body
  /** Where the next body will begin. */
  end(): number
  close(): void
}

export const unsortedBodies = (database: Database) => join(database.folder, 'bodies.unsorted')
export const sortedBodies = (database: Database) => join(database.folder, 'bodies')

export function createBodyWriter(path: string): BodyWriter {
  const file = openSync(path, 'w')
  let waiting: Buffer[] = []
  let waitingBytes = 0
  let offset = 0

  function flush(): void {
    writeAll(file, Buffer.concat(waiting))
    waiting = []
    waitingBytes = 0
  }

  return {
    write(title, text) {
      const body = { offset, titleBytes: title.length, textBytes: text.length }
      waiting.push(title, text)
      waitingBytes += title.length + text.length
      offset += title.length + text.length
      if (waitingBytes > writeBytes) flush()
      return body
    },
    end: () => offset,
    close() {
      flush()
      closeSync(file)
    },
  }
}

/**
 * Copies the bodies into the order of the table `document`, so that every later pass over them reads the file from end to end.
 * The unsorted file consists of runs that begin at `runStarts`, each about in that order, which are merged.
 */
export async function sortBodies(
  database: Database,
  { runStarts, signal }: { runStarts: readonly number[]; signal?: AbortSignal | undefined },
): Promise<void> {
  const unsorted = openSync(unsortedBodies(database), 'r')
  const sorted = createBodyWriter(sortedBodies(database))
  const read = createRunReader(unsorted, runStarts)
  const sql = 'SELECT bodyOffset, titleBytes + textBytes FROM document ORDER BY rowid'
  try {
    for await (const rows of streamRows(database, sql)) {
      signal?.throwIfAborted()
      for (const [offset, bytes] of rows as [bigint, number][]) {
        sorted.write(Buffer.alloc(0), read(Number(offset), bytes))
      }
    }
  } finally {
    sorted.close()
    closeSync(unsorted)
  }
}

/** Reads bodies in any order; it is fast where those of one run are asked for in the order in which they lie there. */
function createRunReader(file: number, runStarts: readonly number[]): (offset: number, bytes: number) => Buffer {
  const fileBytes = fstatSync(file).size
  const pieceBytes = Math.min(maxPieceBytes, Math.ceil(mergeBytes / runStarts.length))
  /** Of each run what was read last. */
  const pieces = runStarts.map(() => ({ from: 0, to: 0, bytes: Buffer.alloc(0) }))

  return (offset, bytes) => {
    const body = Buffer.allocUnsafe(bytes)
    if (bytes > pieceBytes) {
      readAll(file, body, offset)
      return body
    }
    const piece = pieces[runOf(offset, runStarts)]!
    if (offset < piece.from || offset + bytes > piece.to) {
      if (piece.bytes.length === 0) piece.bytes = Buffer.allocUnsafeSlow(pieceBytes)
      piece.from = offset
      piece.to = Math.min(offset + pieceBytes, fileBytes)
      readAll(file, piece.bytes.subarray(0, piece.to - piece.from), offset)
    }
    piece.bytes.copy(body, 0, offset - piece.from)
    return body
  }
}

/** The last run that begins at or before `offset`. */
function runOf(offset: number, runStarts: readonly number[]): number {
  let [run, after] = [0, runStarts.length]
  while (after - run > 1) {
    const middle = (run + after) >> 1
    if (runStarts[middle]! <= offset) run = middle
    else after = middle
  }
  return run
}

/** One body of an open file. */
export function readBody(file: number, { offset, titleBytes, textBytes }: Body): { title: string; text: string } {
  const bytes = Buffer.allocUnsafe(titleBytes + textBytes)
  readAll(file, bytes, offset)
  return { title: bytes.toString('utf8', 0, titleBytes), text: bytes.toString('utf8', titleBytes) }
}

export interface StoredDocument {
  userId: string
  /** Place in the corpus; ascends, with gaps where duplicates were. */
  position: number
  docId: string
  timestamp: number
  title: string
  text: string
  /** Of the whole document text, in UTF-16 units. */
  chars: number
}

type KeyRow = [
  userId: string,
  position: bigint,
  docId: string,
  timestamp: bigint,
  chars: number,
  titleBytes: number,
  textBytes: number,
]

/** All documents by userId, timestamp and docId, in groups of at most 2,048 documents and some 4 MB (or one document). */
export async function* readDocuments(database: Database): AsyncGenerator<StoredDocument[]> {
  const sql = 'SELECT userId, rowid, docId, timestamp, chars, titleBytes, textBytes FROM document ORDER BY rowid'
  const file = openSync(sortedBodies(database), 'r')
  let offset = 0
  try {
    for await (const rows of streamRows(database, sql)) {
      for (const group of groupBySize(rows as KeyRow[])) {
        const bytes = Buffer.allocUnsafe(group.reduce((sum, row) => sum + row[5] + row[6], 0))
        readAll(file, bytes, offset)
        offset += bytes.length
        yield toDocuments(group, bytes)
      }
    }
  } finally {
    closeSync(file)
  }
}

function* groupBySize(rows: KeyRow[]): Generator<KeyRow[]> {
  let group: KeyRow[] = []
  let bytes = 0
  for (const row of rows) {
    const next = row[5] + row[6]
    if (group.length > 0 && bytes + next > readBytes) {
      yield group
      group = []
      bytes = 0
    }
    group.push(row)
    bytes += next
  }
  if (group.length > 0) yield group
}

function toDocuments(rows: KeyRow[], bytes: Buffer): StoredDocument[] {
  let at = 0
  const take = (length: number) => {
    at += length
    return bytes.toString('utf8', at - length, at)
  }
  return rows.map(([userId, position, docId, timestamp, chars, titleBytes, textBytes]) => {
    const title = take(titleBytes)
    return {
      userId,
      position: Number(position),
      docId,
      timestamp: Number(timestamp),
      title,
      text: take(textBytes),
      chars,
    }
  })
}

function writeAll(file: number, bytes: Buffer): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done)
}

function readAll(file: number, into: Buffer, position: number): void {
  for (let done = 0; done < into.length; ) {
    const read = readSync(file, into, done, into.length - done, position + done)
    if (read === 0) throw new Error('The bodies end early')
    done += read
  }
}
