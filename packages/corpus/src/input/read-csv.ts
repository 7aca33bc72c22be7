import { isUtf8 } from 'node:buffer'

import type { Fault, RejectCode } from '../rejects.ts'
import type { Reading } from './reading.ts'
import type { Line } from './split-lines.ts'

export interface CsvReader {
  push(lines: Line[]): Reading[]
  end(): Reading[]
}

/**
 * Records of RFC 4180 with a header; comma, semicolon or tab, whichever the header has most of. A line break within quotes
 * belongs to the field, as LF. When a record is broken only its first line is given up and reading starts again at the next one,
 * so that a quote that is never closed does not take the rest of the file with it. `maxChars` is of one record over all its lines,
 * of which each counts for `lineChars` more.
 */
export function createCsvReader(maxChars: number): CsvReader {
  let header: { delimiter: string; names: string[] } | null = null
  /** The lines of the record that is being read, and those after it. */
  let waiting: Line[] = []
  let record: RecordReader | null = null

  function take(atEnd: boolean): Reading[] {
    const readings: Reading[] = []
    let first = 0
    while (first < waiting.length) {
      const line = waiting[first]!
      if (line.bytes?.length === 0) {
        first += 1
        continue
      }
      record ??= createRecordReader(header?.delimiter ?? sniffDelimiter(line), maxChars)
      const found = record.readOn(waiting, first)
      if (found === 'open' && !atEnd) break
      if (found === 'open' || 'fault' in found) {
        const fault = found === 'open' ? csvFault('a quote is opened and never closed') : found.fault
        readings.push({ line: line.number, fault })
        first += 1
      } else {
        first += record.lines()
        if (header !== null) readings.push({ line: line.number, ...toObject(found.values, header.names) })
        header ??= { delimiter: record.delimiter, names: found.values }
      }
      record = null
    }
    waiting = waiting.slice(first)
    return readings
  }

  return {
    push(lines) {
      waiting = waiting.length === 0 ? lines : waiting.concat(lines)
      return take(false)
    },
    end: () => take(true),
  }
}

function sniffDelimiter({ bytes }: Line): string {
  const text = bytes?.toString('latin1') ?? ''
  const counts = [',', ';', '\t'].map((delimiter) => ({ delimiter, count: text.split(delimiter).length }))
  return counts.reduce((most, next) => (next.count > most.count ? next : most)).delimiter
}

function toObject(values: string[], names: string[]): { value: unknown } | { fault: Fault } {
  if (values.length !== names.length) {
    return { fault: csvFault(`the row has ${values.length} fields, the header ${names.length}`) }
  }
  return { value: Object.fromEntries(names.map((name, index) => [name, values[index]])) }
}

/** 'open': a quoted field goes on beyond the last line there is. */
type FoundRecord = { values: string[] } | { fault: Fault } | 'open'

interface RecordReader {
  delimiter: string
  /** How many lines it has read. */
  lines(): number
  /** Goes on with the lines that have come since; `first` is where its first line stands. */
  readOn(waiting: readonly Line[], first: number): FoundRecord
}

/** What a line takes in memory beside its characters, so that a record of blank lines has an end, too. */
const lineChars = 100

function createRecordReader(delimiter: string, maxChars: number): RecordReader {
  const fields = createFieldReader(delimiter)
  let lines = 0
  let chars = 0

  function read(line: Line): FoundRecord {
    const text = decodeLine(line)
    if (typeof text !== 'string') return { fault: text }
    lines += 1
    chars += text.length + lineChars
    if (chars > maxChars + lineChars) {
      return { fault: csvFault('the record is longer than the limit', 'line_too_long') }
    }
    const state = fields.push(text)
    if (state === 'broken') return { fault: csvFault('text follows a closing quote') }
    return state === 'complete' ? { values: fields.values } : 'open'
  }

  return {
    delimiter,
    lines: () => lines,
    readOn(waiting, first) {
      for (let next = first + lines; next < waiting.length; next += 1) {
        const found = read(waiting[next]!)
        if (found !== 'open') return found
      }
      return 'open'
    },
  }
}

interface FieldReader {
  values: string[]
  push(line: string): 'complete' | 'open' | 'broken'
}

function createFieldReader(delimiter: string): FieldReader {
  const values: string[] = []
  /** What a quoted field holds so far, quotes still doubled. */
  let quoted: string | null = null

  /** The index after the field and its delimiter. */
  function readQuoted(line: string, from: number): number | 'open' | 'broken' {
    const close = closingQuote(line, from)
    if (close === -1) {
      quoted += line.slice(from)
      return 'open'
    }
    if (close + 1 < line.length && line[close + 1] !== delimiter) return 'broken'
    values.push((quoted + line.slice(from, close)).replaceAll('""', '"'))
    quoted = null
    return close + 2
  }

  function readPlain(line: string, from: number): number {
    const end = line.indexOf(delimiter, from)
    values.push(line.slice(from, end === -1 ? line.length : end))
    return end === -1 ? line.length + 1 : end + 1
  }

  return {
    values,
    push(line) {
      let at = 0
      if (quoted !== null) quoted += '\n'
      while (at <= line.length) {
        if (quoted === null && line[at] === '"') {
          quoted = ''
          at += 1
        }
        const next = quoted === null ? readPlain(line, at) : readQuoted(line, at)
        if (typeof next === 'string') return next
        at = next
      }
      return 'complete'
    },
  }
}

function closingQuote(text: string, from: number): number {
  let close = text.indexOf('"', from)
  while (close !== -1 && text[close + 1] === '"') close = text.indexOf('"', close + 2)
  return close
}

function decodeLine({ bytes }: Line): string | Fault {
  if (bytes === null) return { code: 'line_too_long', reason: 'the line is longer than the limit' }
  if (!isUtf8(bytes)) return { code: 'invalid_encoding', reason: 'the line is not valid UTF-8' }
  return bytes.toString('utf8')
}

function csvFault(reason: string, code: RejectCode = 'invalid_csv'): Fault {
  return { code, reason }
}
