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
 * so that a quote that is never closed does not take the rest of the file with it. `maxChars` is of one record over all its lines.
 */
export function createCsvReader(maxChars: number): CsvReader {
  let header: { delimiter: string; names: string[] } | null = null
  let waiting: Line[] = []

  function take(atEnd: boolean): Reading[] {
    const readings: Reading[] = []
    let first = 0
    while (first < waiting.length) {
      const line = waiting[first]!
      if (line.bytes?.length === 0) {
        first += 1
        continue
      }
      const delimiter = header?.delimiter ?? sniffDelimiter(line)
      const record = readRecord(waiting, { first, delimiter, maxChars })
      if (record === 'open' && !atEnd) break
      if (record === 'open' || 'fault' in record) {
        const fault = record === 'open' ? csvFault('a quote is opened and never closed') : record.fault
        readings.push({ line: line.number, fault })
        first += 1
        continue
      }
      first += record.lines
      if (header === null) {
        header = { delimiter, names: record.values }
      } else {
        readings.push({ line: line.number, ...toObject(record.values, header.names) })
      }
    }
    waiting = waiting.slice(first)
    return readings
  }

  return {
    push(lines) {
      waiting.push(...lines)
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

type CsvRecord = { values: string[]; lines: number } | { fault: Fault } | 'open'

interface RecordPlace {
  first: number
  delimiter: string
  maxChars: number
}

/** 'open': a quoted field goes on beyond the last line there is. */
function readRecord(waiting: Line[], { first, delimiter, maxChars }: RecordPlace): CsvRecord {
  const fields = createFieldReader(delimiter)
  let chars = 0
  for (let next = first; next < waiting.length; next += 1) {
    const text = decodeLine(waiting[next]!)
    if (typeof text !== 'string') return { fault: text }
    chars += text.length
    if (chars > maxChars) return { fault: csvFault('the record is longer than the limit', 'line_too_long') }
    const state = fields.push(text)
    if (state === 'broken') return { fault: csvFault('text follows a closing quote') }
    if (state === 'complete') return { values: fields.values, lines: next + 1 - first }
  }
  return 'open'
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
