import { join } from 'node:path'

import { IdiolectError } from '@idiolect/contracts/errors'
import { methods } from '@idiolect/contracts/method-names'
import { readLines } from '@idiolect/metrics/read-lines'
import { z } from 'zod'

const rowSchema = z.object({
  id: z.string(),
  userId: z.string(),
  timestamp: z.string(),
  method: z.enum(methods),
  context: z.string(),
  entries: z.array(z.object({ docId: z.string(), score: z.number(), text: z.string() })),
  summary: z.string(),
  keyElements: z.array(z.string()),
  output: z.string(),
  reference: z.string().optional(),
})

/** A line of a comparison's `generations.jsonl`: what one method wrote for one target. */
export type ComparedRow = z.infer<typeof rowSchema> & {
  /** The target's id, the same in the rows of every method. */
  targetId: string
}

/**
 * The rows of an output folder's `generations.jsonl`, as they stand there.
 * @throws IdiolectError `input_missing` when the folder has none, `input_unusable` with file and line for a row of no comparison
 */
export async function* readComparedRows(folder: string): AsyncGenerator<ComparedRow> {
  const path = join(folder, 'generations.jsonl')
  let lineNumber = 0
  for await (const line of readLines(path)) {
    lineNumber += 1
    if (line !== '') yield parseRow(line, `${path}:${lineNumber}`)
  }
}

function parseRow(line: string, place: string): ComparedRow {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    throw unusable(`${place}: is not JSON; was the file cut off?`)
  }
  const { success, data, error } = rowSchema.safeParse(value)
  if (!success) {
    throw unusable(`${place}: ${error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')}`)
  }
  const ending = `|${data.method}`
  if (!data.id.endsWith(ending)) throw unusable(`${place}: the id does not end with ${ending}`)
  return { ...data, targetId: data.id.slice(0, -ending.length) }
}

function unusable(message: string): IdiolectError {
  return new IdiolectError('input_unusable', message)
}
