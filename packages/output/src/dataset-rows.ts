import type { Config } from '@idiolect/contracts/config'
import { IdiolectError } from '@idiolect/contracts/errors'
import { isModelMade } from '@idiolect/contracts/needs'
import type { GeneratedTarget } from '@idiolect/contracts/records'
import { splitOf, teachesSelectors } from '@idiolect/contracts/split'

import { distinctionPrompt } from './distinction-prompt.ts'
import type { TableRow } from './parts.ts'

type Labelled = GeneratedTarget & { docId: string; reference: string }

/**
 * METHOD: what a target teaches, by its user's split. Everyone is in generation; Su and Sy learn from their half of the training
 * users and are judged on validation and test; author distinction has the training users.
 * @throws IdiolectError `invalid_record` for a target that is no document
 */
export function datasetRows(record: GeneratedTarget, config: Config): TableRow[] {
  if (!isLabelled(record)) {
    throw new IdiolectError('invalid_record', 'a target has no document to learn from, which a data set needs')
  }
  const split = splitOf(record.userId, config)
  const rows: TableRow[] = [{ table: `generation/${split}`, row: generation(record, config) }]
  if (split !== 'train' || teachesSelectors(record.userId, config)) {
    rows.push({ table: `summary/${split}`, row: summary(record, config) })
    rows.push({ table: `synthesis/${split}`, row: synthesis(record, config) })
  }
  if (split === 'train') rows.push({ table: 'author-distinction/train', row: authorDistinction(record, config) })
  return rows
}

function isLabelled(record: GeneratedTarget): record is Labelled {
  return record.docId !== undefined && record.reference !== undefined
}

/** As a model of the kind "completions" is asked: trainers put nothing between a prompt and its completion. */
function asked(prompt: string): string {
  return `${prompt}\n\n`
}

function targetOf({ id, userId, docId, timestamp }: Labelled) {
  return { id, userId, docId, timestamp: new Date(timestamp).toISOString() }
}

function generation(record: Labelled, config: Config): object {
  const { method, prompt, reference, context, entries } = record
  return {
    ...targetOf(record),
    method,
    prompt: asked(prompt),
    completion: reference,
    context,
    entries,
    ...summaryOf(record, config),
    ...keyElementsOf(record, config),
  }
}

function summary(record: Labelled, config: Config): object | null {
  const { context, entries, entrySnippets: snippets = [], summaryExample } = record
  if (summaryExample === undefined || summaryExample.chosen.length === 0 || summaryExample.completion === '')
    return null
  const { prompt, completion, chosen } = summaryExample
  return {
    ...targetOf(record),
    prompt: asked(prompt),
    completion,
    context,
    entries,
    snippets,
    chosen,
    ...summaryOf(record, config),
  }
}

function synthesis(record: Labelled, config: Config): object | null {
  const { context, entries, synthesisExample } = record
  if (synthesisExample === undefined || synthesisExample.chosen.length === 0) return null
  const { prompt, completion, chosen } = synthesisExample
  return {
    ...targetOf(record),
    prompt: asked(prompt),
    completion,
    context,
    entries,
    chosen,
    ...keyElementsOf(record, config),
  }
}

function authorDistinction(record: Labelled, { rank }: Config): object | null {
  const { reference, distinction } = record
  if (distinction === undefined) return null
  const { userId, docId, text, sameAuthor } = distinction
  return {
    ...targetOf(record),
    prompt: asked(distinctionPrompt([reference, text], rank.maxChars)),
    completion: String(sameAuthor),
    otherUserId: userId,
    otherDocId: docId,
  }
}

function summaryOf({ summary }: Labelled, config: Config) {
  return { summary, summarySource: sourceOf('summarize', config) }
}

function keyElementsOf({ keyElements }: Labelled, config: Config) {
  return { keyElements, keyElementsSource: sourceOf('synthesize', config) }
}

function sourceOf(stage: 'summarize' | 'synthesize', config: Config): string {
  const { method } = config[stage]
  return isModelMade(config, stage) ? `${method}:model` : method
}
