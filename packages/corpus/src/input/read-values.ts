import { isUtf8 } from 'node:buffer'

import { IdiolectError } from '@idiolect/contracts/errors'

import { goldsArray, goldsEnd, goldsStart } from './golds.ts'
import type { Fields } from './parse-record.ts'
import { type ReadBytesOptions, readBytes } from './read-bytes.ts'
import { createCsvReader } from './read-csv.ts'
import { readParquet } from './read-parquet.ts'
import type { Reading } from './reading.ts'
import { createArraySplitter } from './split-array.ts'
import { createLineSplitter, type Line } from './split-lines.ts'
import { toUtf8 } from './to-utf8.ts'

/** A line or an element over it is passed over. Parsed it takes up to 55 times as much, 0.9 GB where it is nothing but brackets. */
const maxRecordBytes = 16_777_216

type Format = 'parquet' | 'csv' | 'golds' | 'array' | 'lines'

export interface ReadValuesOptions extends ReadBytesOptions {
  fields: Fields
  /** Where the file's name and its beginning are not to decide. */
  format?: Format
  maxBytes?: number
}

/**
 * The records of a file in its order, some at a time: Parquet, JSON array, CSV (by name, or by a header that begins with no
 * brace), LaMP's object `{"task", "golds": [records]}` or JSON Lines, plain or gzip, UTF-8 or, with a byte order mark, UTF-16.
 * @throws IdiolectError `input_truncated` or `input_unusable` for a file that is cut off or damaged as a whole.
 */
export async function* readValues(path: string, options: ReadValuesOptions): AsyncGenerator<Reading[]> {
  const { fields, maxBytes = maxRecordBytes } = options
  const chunks = toUtf8(readBytes(path, options))
  const head = await firstChunk(chunks)
  const format = options.format ?? formatOf(path, head)
  if (format === 'parquet') {
    for await (const _chunk of chunks); // for the digest
    yield* readParquet(path, fields, maxBytes)
    return
  }
  const whole = rejoin(head, chunks)
  if (format === 'csv') yield* readCsv(whole, maxBytes)
  else if (format === 'golds') yield* readArray(path, { chunks: goldsArray(whole), maxBytes, end: goldsEnd })
  else if (format === 'array') yield* readArray(path, { chunks: whole, maxBytes })
  else yield* readLines(whole, maxBytes)
}

/** White space before the first character, which may tell the format. */
const maxHeadBytes = 1_048_576

/** Enough bytes to see the first character that is not white space. */
async function firstChunk(chunks: AsyncGenerator<Buffer>): Promise<Buffer> {
  let head = Buffer.alloc(0)
  for (let next = await chunks.next(); !next.done; next = await chunks.next()) {
    head = Buffer.concat([head, next.value])
    if (head.length > maxHeadBytes || (head.length >= 4 && head.toString('latin1').trim() !== '')) break
  }
  return head
}

async function* rejoin(head: Buffer, rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  yield head
  yield* rest
}

function formatOf(path: string, head: Buffer): Format {
  const text = head.toString('latin1').trimStart()
  if (head.toString('latin1', 0, 4) === 'PAR1' || /\.parquet$/i.test(path)) return 'parquet'
  if (/\.(csv|tsv)(\.gz)?$/i.test(path)) return 'csv'
  if (/\.(jsonl|ndjson)(\.gz)?$/i.test(path)) return 'lines'
  if (text.startsWith('[')) return 'array'
  if (goldsStart.test(text)) return 'golds'
  const firstLine = text.split(/[\r\n]/, 1)[0] ?? ''
  return !text.startsWith('{') && /\buserId\b/.test(firstLine) && /[,;\t]/.test(firstLine) ? 'csv' : 'lines'
}

async function* readLines(chunks: AsyncIterable<Buffer>, maxBytes: number): AsyncGenerator<Reading[]> {
  const lines = createLineSplitter(maxBytes)
  for await (const chunk of chunks) yield readEach(lines.push(chunk))
  yield readEach(lines.end())
}

interface ArraySource {
  chunks: AsyncIterable<Buffer>
  maxBytes: number
  /** What may follow the array. */
  end?: RegExp
}

async function* readArray(path: string, { chunks, maxBytes, end }: ArraySource): AsyncGenerator<Reading[]> {
  const elements = createArraySplitter(maxBytes)
  for await (const chunk of chunks) yield readEach(elements.push(chunk))
  if (!elements.isClosed()) {
    throw new IdiolectError('input_truncated', `Input ${path} is cut off: its JSON array is not closed. Copy it again`)
  }
  const rest = elements.end().filter(({ bytes }) => bytes === null || end?.test(bytes.toString('latin1')) !== true)
  yield readEach(rest)
}

async function* readCsv(chunks: AsyncIterable<Buffer>, maxBytes: number): AsyncGenerator<Reading[]> {
  const lines = createLineSplitter(maxBytes)
  const csv = createCsvReader(maxBytes)
  for await (const chunk of chunks) yield csv.push(lines.push(chunk))
  yield csv.push(lines.end())
  yield csv.end()
}

/** Nothing for blank lines. */
function readEach(lines: readonly Line[]): Reading[] {
  const readings: Reading[] = []
  for (const line of lines) {
    const reading = line.bytes?.length === 0 ? null : readJson(line)
    if (reading !== null) readings.push(reading)
  }
  return readings
}

function readJson({ number: line, bytes }: Line): Reading | null {
  if (bytes === null) return { line, fault: { code: 'line_too_long', reason: 'the record is longer than the limit' } }
  if (!isUtf8(bytes)) return { line, fault: { code: 'invalid_encoding', reason: 'the record is not valid UTF-8' } }
  const text = bytes.toString('utf8')
  try {
    return { line, value: JSON.parse(text) }
  } catch {
    if (text.trim() === '') return null
    return { line, fault: { code: 'invalid_json', reason: 'the record is not valid JSON' } }
  }
}
