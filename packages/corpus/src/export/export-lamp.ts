import { join } from 'node:path'

import { IdiolectError } from '@idiolect/contracts/errors'

import { readRecords } from '../import/read-records.ts'
import { parseOutput } from '../input/parse-record.ts'
import { createLineWriter } from '../store/line-writer.ts'

export interface ExportLampOptions {
  /** The output folder of a run over LaMP's questions. */
  folder: string
  /** LaMP's questions or outputs, whose ids are to be answered; a file or a glob. */
  golds: string
  /** As LaMP writes it: `LaMP_4`. */
  task: string
  out: string
  signal?: AbortSignal | undefined
}

/** Invariants: golds = answered + missing. `others` are texts for ids that are none of the golds', and are left out. */
export interface ExportCounts {
  golds: number
  answered: number
  missing: number
  others: number
}

/**
 * Writes a run's texts in LaMP's own form, `{"task", "golds": [{"id", "output"}]}`, with exactly the ids of the golds and in their
 * order, as its evaluation wants it. An output is what follows the question; it is empty where the run gave the question up.
 * Outputs are held in memory all at once.
 * @throws IdiolectError `input_missing`, `output_unwritable`, and `input_unusable` for a gold or a row without an id or an output, and
 * where no id is answered.
 */
export async function exportLamp({ folder, golds, task, out, signal }: ExportLampOptions): Promise<ExportCounts> {
  const outputs = await readTexts(join(folder, 'generations.jsonl'), signal)
  const ids = await readIds(golds, signal)
  const answered = [...ids].filter((id) => outputs.has(id)).length
  if (answered === 0) {
    throw new IdiolectError('input_unusable', `Run ${folder} answers none of the ${ids.size} ids of ${golds}`)
  }
  const writer = await createLineWriter(out)
  try {
    await writer.write(`{"task": ${JSON.stringify(task)}, "golds": [`)
    let separator = '\n'
    for (const id of ids) {
      await writer.write(`${separator}${JSON.stringify({ id, output: outputs.get(id) ?? '' })}`)
      separator = ',\n'
    }
    await writer.write('\n]}\n')
    await writer.finish()
  } finally {
    await writer.close()
  }
  return { golds: ids.size, answered, missing: ids.size - answered, others: outputs.size - answered }
}

async function readTexts(path: string, signal: AbortSignal | undefined): Promise<Map<string, string>> {
  const texts = new Map<string, string>()
  const source = { fields: { required: ['id', 'output'], optional: ['context'] }, signal }
  for await (const record of readRecords(path, source)) {
    const parsed = 'fault' in record ? record : parseOutput(record.value)
    if ('fault' in parsed) throw unusable(record, parsed.fault.reason)
    const { id, output } = parsed.record
    texts.set(id, withoutStart(output, 'value' in record ? record.value : null))
  }
  return texts
}

/** A run's output is the whole text, its given start included. */
function withoutStart(output: string, value: unknown): string {
  const { context } = value as { context?: unknown }
  return typeof context === 'string' && output.startsWith(context) ? output.slice(context.length).trim() : output.trim()
}

async function readIds(path: string, signal: AbortSignal | undefined): Promise<Set<string>> {
  const ids = new Set<string>()
  for await (const record of readRecords(path, { fields: { required: ['id'], optional: [] }, signal })) {
    const id = 'value' in record ? (record.value as { id?: unknown } | null)?.id : undefined
    if (typeof id !== 'string' && typeof id !== 'number') throw unusable(record, 'id is missing')
    ids.add(String(id))
  }
  return ids
}

function unusable({ file, line }: { file: string; line: number }, reason: string): IdiolectError {
  return new IdiolectError('input_unusable', `${file}:${line}: ${reason}`)
}
