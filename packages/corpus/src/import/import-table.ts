import { parse } from 'node:path'

import { IdiolectError } from '@idiolect/contracts/errors'

import { type DatedDocument, type Parsed, parseDocument } from '../input/parse-record.ts'
import type { ReadValuesOptions } from '../input/read-values.ts'
import { type ImportPaths, writeImport } from './import-files.ts'
import { nameField } from './name-field.ts'
import { type PlacedReading, readRecords } from './read-records.ts'

/** Which field of a record stands for which of a document's. */
export interface Columns {
  user: string
  /** Without it a document is known by its file's name and its line. */
  id?: string | undefined
  time: string
  title?: string | undefined
  text: string
}

export interface ImportTableOptions extends ImportPaths {
  /** A file or a glob. */
  path: string
  columns: Columns
  /** Whatever the files' names and beginnings say. */
  format?: ReadValuesOptions['format']
  signal?: AbortSignal | undefined
}

/** Invariant: records = documents + rejected. */
export interface TableCounts {
  records: number
  documents: number
  rejected: number
}

/** 5-core reviews: within a reviewer's a review is known by its product. */
export const amazonColumns: Columns = {
  user: 'reviewerID',
  id: 'asin',
  time: 'unixReviewTime',
  title: 'summary',
  text: 'reviewText',
}

/**
 * Turns records of which each is a document into documents, in the order of paths and of records in them.
 * @throws IdiolectError `input_missing`, `input_truncated`, `output_unwritable`, and `input_unusable` where no document is left
 * or a CSV file has no such column.
 */
export async function importTable(options: ImportTableOptions): Promise<TableCounts> {
  const { path, columns, format, signal } = options
  const names = Object.values(columns).filter((name) => name !== undefined)
  const counts: TableCounts = { records: 0, documents: 0, rejected: 0 }
  const source = { fields: { required: names, optional: [] }, signal, ...(format && { format }) }
  await writeImport(options, async (files) => {
    for await (const record of readRecords(path, source)) {
      counts.records += 1
      if (format === 'csv') checkColumns(record, names)
      const parsed = 'fault' in record ? record : toDocument(record, columns)
      if ('fault' in parsed) {
        counts.rejected += 1
        await files.reject({ file: record.file, line: record.line, ...parsed.fault })
      } else {
        counts.documents += 1
        await files.document(parsed.record)
      }
    }
  })
  if (counts.documents === 0) {
    const reasons = `none of ${counts.records} records is a document; see ${options.rejects}`
    throw new IdiolectError('input_unusable', `Input ${path}: ${reasons}`)
  }
  return counts
}

function checkColumns(record: PlacedReading, names: readonly string[]): void {
  if ('fault' in record) return
  const has = Object.keys(record.value as object)
  const missing = names.filter((name) => !has.includes(name))
  if (missing.length === 0) return
  throw new IdiolectError(
    'input_unusable',
    `Input ${record.file} has no column ${missing.join(', ')}; it has ${has.join(', ')}`,
  )
}

function toDocument(record: PlacedReading & { value: unknown }, columns: Columns): Parsed<DatedDocument> {
  const { value, file, line } = record
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return parseDocument(value)
  const field = (name: string | undefined) =>
    name === undefined ? undefined : (value as Record<string, unknown>)[name]
  const parsed = parseDocument({
    userId: field(columns.user),
    docId: columns.id === undefined ? `${parse(file).name}-${line}` : field(columns.id),
    timestamp: field(columns.time),
    title: field(columns.title),
    text: field(columns.text),
  })
  if ('record' in parsed) return parsed
  const { user, id, time, title, text } = columns
  return { fault: nameField(parsed.fault, { userId: user, docId: id, timestamp: time, title, text }) }
}
