import { readFile } from 'node:fs/promises'

import { IdiolectError } from '@idiolect/contracts/errors'
import { z } from 'zod'

import { readLines } from './read-lines.ts'

/**
 * How a file holds texts: `lines`, one bare text a line, known by the line's number; `jsonl`, one object with an id a line;
 * `json`, one array of such objects, or LaMP's `{"task", "golds": [{"id", "output"}]}`.
 */
export type TextFormat = 'lines' | 'jsonl' | 'json'

export type IdentifiedText = { id: string; text: string; context?: string | undefined }

/**
 * Tells the format from the first line that is not blank; a file named `*.txt` is always `lines`.
 * @throws IdiolectError `input_missing`, or `input_unusable` when there is nothing in the file.
 */
export async function textFormat(path: string): Promise<TextFormat> {
  for await (const line of readLines(path)) {
    if (line.trim() === '') continue
    if (path.endsWith('.txt') || !/^\s*[[{]/.test(line)) return 'lines'
    const value = tryParse(line)
    return isObject(value) && !('golds' in value) ? 'jsonl' : 'json'
  }
  throw unusable(`${path}: is empty`)
}

/**
 * The texts of a file in its order. `jsonl` and `lines` are streamed, `json` is read as a whole.
 *
 * @param options.keys where an object may hold its text; the first that is there counts
 * @throws IdiolectError `input_unusable` with the place, for what is no such object and for an id that comes twice.
 */
export async function* readTexts(
  path: string,
  options: { format: TextFormat; keys: readonly string[] },
): AsyncGenerator<IdentifiedText> {
  if (options.format === 'lines') {
    let lineNumber = 0
    for await (const text of readLines(path)) {
      lineNumber += 1
      yield { id: String(lineNumber), text }
    }
    return
  }
  const ids = new Set<string>()
  for await (const { value, place } of options.format === 'jsonl' ? lineValues(path) : documentValues(path)) {
    const text = parseText(value, options.keys, place)
    if (ids.has(text.id)) throw unusable(`${place}: the id "${text.id}" was there before`)
    ids.add(text.id)
    yield text
  }
}

type PlacedValue = { value: unknown; place: string }

async function* lineValues(path: string): AsyncGenerator<PlacedValue> {
  let lineNumber = 0
  for await (const line of readLines(path)) {
    lineNumber += 1
    if (line.trim() === '') continue
    const place = `${path}:${lineNumber}`
    const value = tryParse(line)
    if (value === undefined) throw unusable(`${place}: is not JSON; was the file cut off?`)
    yield { value, place }
  }
}

async function* documentValues(path: string): AsyncGenerator<PlacedValue> {
  const document = tryParse((await readFile(path, 'utf8')).replace(/^\uFEFF/, ''))
  const rows = isObject(document) && 'golds' in document ? document.golds : document
  if (!Array.isArray(rows)) {
    throw unusable(`${path}: is neither JSON Lines, nor a JSON array, nor {"golds": […]}; name bare text lines *.txt`)
  }
  for (const [index, value] of rows.entries()) yield { value, place: `${path}[${index}]` }
}

const rowSchema = z.looseObject({
  id: z.union([z.string(), z.number()]).transform(String),
  context: z.string().optional(),
})

function parseText(value: unknown, keys: readonly string[], place: string): IdentifiedText {
  const row = rowSchema.safeParse(value)
  if (!row.success) throw unusable(`${place}: is not an object with an "id", and a text as "context" if it has one`)
  const text = keys.map((key) => row.data[key]).find((candidate) => candidate !== undefined)
  if (typeof text !== 'string') throw unusable(`${place}: has no text as ${keys.map((key) => `"${key}"`).join(' or ')}`)
  return { id: row.data.id, text, context: row.data.context }
}

function tryParse(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function unusable(message: string): IdiolectError {
  return new IdiolectError('input_unusable', message)
}
