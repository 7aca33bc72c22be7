import { toUSVString } from 'node:util'

import type { Document } from '@idiolect/contracts/records'

import type { Fault, RejectCode } from '../rejects.ts'
import { parseTimestamp } from './parse-timestamp.ts'

/** What a CSV or Parquet file must have as columns, and what it may have. All else is ignored, as are other keys in JSON. */
export interface Fields {
  required: readonly string[]
  optional: readonly string[]
}

export const documentFields: Fields = { required: ['userId', 'docId', 'timestamp', 'text'], optional: ['title'] }
export const requestFields: Fields = { required: ['requestId', 'userId', 'context'], optional: ['timestamp'] }

/**
 * Characters of a title and its text, or of a request's context: a long novel. A text goes through every stage in one piece, and
 * its snippets, some 3,500, take 35 seconds of a core to embed.
 */
export const maxTextChars = 1_000_000

/** Characters of an id, which each row and each of its entries repeats. */
const maxIdChars = 10_000

export interface DatedDocument extends Document {
  userId: string
}

export interface Request {
  requestId: string
  userId: string
  context: string
  /** null: after everything. */
  timestamp: number | null
}

export type Parsed<T> = { record: T } | { fault: Fault }

class FieldError extends Error {
  readonly fault: Fault

  constructor(code: RejectCode, reason: string) {
    super(reason)
    this.fault = { code, reason }
  }
}

export function parseDocument(value: unknown): Parsed<DatedDocument> {
  return parse(value, (fields) => ({
    userId: readId(fields, 'userId'),
    docId: readId(fields, 'docId'),
    timestamp: readTimestamp(fields),
    ...readTitledText(fields),
  }))
}

function readTitledText(fields: FieldValues): { title: string; text: string } {
  const title = fields.title == null ? '' : readText(fields, 'title')
  const text = readFilledText(fields, 'text')
  refuseLong(title.length + text.length, title.length > text.length ? 'title' : 'text')
  return { title, text }
}

export function parseRequest(value: unknown): Parsed<Request> {
  return parse(value, (fields) => ({
    requestId: readId(fields, 'requestId'),
    userId: readId(fields, 'userId'),
    context: readContext(fields),
    timestamp: fields.timestamp == null || fields.timestamp === '' ? null : readTimestamp(fields),
  }))
}

function readContext(fields: FieldValues): string {
  const context = readFilledText(fields, 'context')
  refuseLong(context.length, 'context')
  return context
}

function refuseLong(chars: number, name: string): void {
  if (chars <= maxTextChars) return
  throw new FieldError('text_too_long', `${name} is too long: ${chars} characters, where ${maxTextChars} are the limit`)
}

/** A true text, or a score given as a number, under the id of its question. */
export function parseOutput(value: unknown): Parsed<{ id: string; output: string }> {
  return parse(value, (fields) => ({
    id: readId(fields, 'id'),
    output: typeof fields.output === 'number' ? String(fields.output) : readText(fields, 'output'),
  }))
}

type FieldValues = Record<string, unknown>

function parse<T>(value: unknown, read: (fields: FieldValues) => T): Parsed<T> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { fault: { code: 'not_an_object', reason: `an object is needed, this is ${kindOf(value)}` } }
  }
  try {
    return { record: read(value as FieldValues) }
  } catch (error) {
    if (error instanceof FieldError) return { fault: error.fault }
    throw error
  }
}

function readId(fields: FieldValues, name: string): string {
  const value = required(fields, name)
  if (typeof value === 'bigint') return String(value)
  if (typeof value === 'number') {
    if (Math.abs(value) <= Number.MAX_SAFE_INTEGER) return String(value)
    throw new FieldError('wrong_type', `${name} is a number too large to be read exactly; write it as a string`)
  }
  if (typeof value !== 'string') throw new FieldError('wrong_type', `${name} must be a string, not ${kindOf(value)}`)
  if (value === '') throw new FieldError('missing_field', `${name} is empty`)
  if (value.length > maxIdChars) {
    const lengths = `${value.length} characters, where ${maxIdChars} are the limit`
    throw new FieldError('id_too_long', `${name} is too long: ${lengths}`)
  }
  return toUSVString(value)
}

function readTimestamp(fields: FieldValues): number {
  const value = required(fields, 'timestamp')
  const isReadable =
    typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint' || value instanceof Date
  if (!isReadable) throw new FieldError('wrong_type', `timestamp must be a string or a number, not ${kindOf(value)}`)
  const timestamp = parseTimestamp(value)
  if (timestamp === null) {
    throw new FieldError('invalid_timestamp', 'timestamp is neither ISO 8601 nor Unix seconds or milliseconds')
  }
  return timestamp
}

function readText(fields: FieldValues, name: string): string {
  const value = required(fields, name)
  if (typeof value !== 'string') throw new FieldError('wrong_type', `${name} must be a string, not ${kindOf(value)}`)
  return toUSVString(value)
}

function readFilledText(fields: FieldValues, name: string): string {
  const text = readText(fields, name)
  if (text.trim() === '') throw new FieldError('empty_text', `${name} is empty`)
  return text
}

function required(fields: FieldValues, name: string): unknown {
  const value = fields[name]
  if (value === undefined) throw new FieldError('missing_field', `${name} is missing`)
  if (value === null) throw new FieldError('missing_field', `${name} is null`)
  return value
}

function kindOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}
