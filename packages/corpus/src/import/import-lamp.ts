import { parseOutput } from '../input/parse-record.ts'
import { type ImportPaths, writeImport } from './import-files.ts'
import {
  createQuestionImport,
  type Place,
  type QuestionCounts,
  type QuestionImport,
  requireRequests,
} from './import-questions.ts'
import { parseQuestion } from './parse-question.ts'
import { lampLayout } from './profile-item.ts'
import { readRecords } from './read-records.ts'

export interface ImportLampOptions extends ImportPaths {
  /** `*_questions.json` of any of the seven tasks, as an array or as `{"task", "golds": […]}`; a file or a glob. */
  path: string
  /** `*_outputs.json`, in either form; a file or a glob. */
  outputs?: string | undefined
  signal?: AbortSignal | undefined
}

type Output = Place & { text: string }

/**
 * Turns LaMP's questions into requests, their profiles into documents and the outputs into references, in the order of paths and
 * of questions in them. A question's author is its `user_id`, or else the question itself. Outputs, short as they are, are held in
 * memory all at once, questions one at a time.
 * @throws IdiolectError `input_missing`, `input_truncated`, `output_unwritable`, and `input_unusable` where no request is left.
 */
export async function importLamp(options: ImportLampOptions): Promise<QuestionCounts> {
  const { path, outputs, signal } = options
  const source = { fields: { required: ['id', 'input', 'profile'], optional: ['user_id'] }, signal }
  const counts = await writeImport(options, async (files) => {
    const into = createQuestionImport({ files, layout: lampLayout })
    const waiting = outputs === undefined ? new Map<string, Output>() : await readOutputs(outputs, { into, signal })
    for await (const record of readRecords(path, source)) {
      const userKey = hasUser(record) ? 'user_id' : undefined
      const parsed = 'fault' in record ? record : parseQuestion(record.value, { userKey })
      if ('fault' in parsed) {
        await into.rejectQuestion(record, parsed.fault)
        continue
      }
      const { id } = parsed.record
      const reference = waiting.get(id)?.text
      const { file, line } = record
      const isEntered = await into.question({
        file,
        line,
        ...parsed.record,
        isShared: userKey !== undefined,
        reference,
      })
      if (isEntered) waiting.delete(id)
    }
    for (const place of waiting.values()) {
      await into.reject(place, { code: 'unknown_id', reason: 'id stands for no request' })
    }
    return into.counts
  })
  requireRequests(counts, options)
  return counts
}

function hasUser(record: object): boolean {
  const value = 'value' in record ? record.value : undefined
  return typeof value === 'object' && value !== null && 'user_id' in value && value.user_id != null
}

async function readOutputs(
  path: string,
  { into, signal }: { into: QuestionImport; signal: AbortSignal | undefined },
): Promise<Map<string, Output>> {
  const outputs = new Map<string, Output>()
  const source = { fields: { required: ['id', 'output'], optional: [] }, signal }
  for await (const record of readRecords(path, source)) {
    into.counts.outputs += 1
    const { file, line } = record
    const parsed = 'fault' in record ? record : parseOutput(record.value)
    if ('fault' in parsed) await into.reject(record, parsed.fault)
    else if (outputs.has(parsed.record.id)) {
      await into.reject(record, { code: 'duplicate_id', reason: 'id stands for an earlier output' })
    } else outputs.set(parsed.record.id, { file, line, text: parsed.record.output })
  }
  return outputs
}
