import { join } from 'node:path'

import { IdiolectError } from '@idiolect/contracts/errors'
import { z } from 'zod'

import type { EvaluationRow } from './evaluate.ts'
import { readLines } from './read-lines.ts'

const rowSchema = z.object({
  id: z.string(),
  output: z.string(),
  reference: z.string().optional(),
  context: z.string(),
})

/**
 * The rows of an output folder's `generations.jsonl`, as they stand there.
 * @throws IdiolectError `input_missing` when the folder has none, `input_unusable` with file and line for a row that is not one.
 */
export async function* readGenerations(folder: string): AsyncGenerator<EvaluationRow> {
  const path = join(folder, 'generations.jsonl')
  let lineNumber = 0
  for await (const line of readLines(path)) {
    lineNumber += 1
    if (line === '') continue
    yield parseRow(line, `${path}:${lineNumber}`)
  }
}

function parseRow(line: string, place: string): EvaluationRow {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    throw new IdiolectError('input_unusable', `${place}: is not JSON; was the file cut off?`)
  }
  const parsed = rowSchema.safeParse(value)
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'row'}: ${issue.message}`)
  throw new IdiolectError('input_unusable', `${place}: ${problems.join('; ')}`)
}
