import { parse } from 'node:path'

import { type ImportPaths, writeImport } from './import-files.ts'
import { createQuestionImport, type QuestionCounts, requireRequests } from './import-questions.ts'
import { parseQuestion } from './parse-question.ts'
import { longLampLayout } from './profile-item.ts'
import { readRecords } from './read-records.ts'

export interface ImportLongLampOptions extends ImportPaths {
  /** A split or a shard of one, as Parquet, JSON Lines or a JSON array; a file or a glob. */
  path: string
  signal?: AbortSignal | undefined
}

/** Who wrote: of abstract generation, product review and topic writing. */
const userKeys = ['name', 'reviewerId', 'author'] as const

const shard = /-\d{5}-of-\d{5}$/

/**
 * Turns LongLaMP's rows into requests and references and their profiles into documents, in the order of paths and of rows in
 * them, one row at a time. A request's id is the split, as the file is named, and the row's number in it from 0, over all its
 * shards: `test-17`.
 * @throws IdiolectError `input_missing`, `input_truncated`, `output_unwritable`, and `input_unusable` where no request is left.
 */
export async function importLongLamp(options: ImportLongLampOptions): Promise<QuestionCounts> {
  const { path, signal } = options
  const source = { fields: { required: ['input', 'profile'], optional: ['output', ...userKeys] }, signal }
  const rows = new Map<string, number>()
  const counts = await writeImport(options, async (files) => {
    const into = createQuestionImport({ files, layout: longLampLayout })
    for await (const record of readRecords(path, source)) {
      const { file, line } = record
      const split = splitOf(file)
      const row = rows.get(split) ?? 0
      rows.set(split, row + 1)
      const parsed = 'fault' in record ? record : parseQuestion(record.value, keysOf(record.value, `${split}-${row}`))
      if ('fault' in parsed) {
        await into.rejectQuestion(record, parsed.fault)
        continue
      }
      const reference = outputOf(record)
      if (reference !== undefined) into.counts.outputs += 1
      const isEntered = await into.question({ file, line, ...parsed.record, isShared: true, reference })
      if (reference !== undefined && !isEntered) {
        await into.reject(record, { code: 'unknown_id', reason: 'output stands for no request' })
      }
    }
    return into.counts
  })
  requireRequests(counts, options)
  return counts
}

/** `data/train-00000-of-00002.parquet` → `train` */
function splitOf(file: string): string {
  const { name } = parse(file.replace(/\.gz$/i, ''))
  return name.replace(shard, '')
}

function keysOf(value: unknown, id: string): { id: string; userKey: string } {
  const fields = typeof value === 'object' && value !== null ? value : {}
  const userKey = userKeys.find((key) => key in fields && fields[key as keyof typeof fields] != null)
  return { id, userKey: userKey ?? userKeys.join(' or ') }
}

function outputOf(record: object): string | undefined {
  const value = 'value' in record ? record.value : undefined
  if (typeof value !== 'object' || value === null || !('output' in value)) return undefined
  return typeof value.output === 'string' ? value.output : undefined
}
