import { setImmediate } from 'node:timers/promises'

import type { OutputConfig } from '@idiolect/contracts/config'
import type { TargetChoices } from '@idiolect/selectors/choice-scores'
import { fitSelector } from '@idiolect/selectors/fit-selector'
import { type LabelledTarget, labelledSnippets, labelledWords } from '@idiolect/selectors/labelled-target'
import { sampleByHash } from '@idiolect/selectors/sample-by-hash'
import { encodeSelector, type Selector, type SelectorKind, selectorOf } from '@idiolect/selectors/selector'
import { summaryChoices } from '@idiolect/selectors/summary-choices'
import { synthesisChoices } from '@idiolect/selectors/synthesis-choices'

import type { TrainingData } from './train-data.ts'
import { type TrainReport, trainReport } from './train-report.ts'

/** About 200 MB, and 5 minutes on one core: 260,000 targets of snippets, 16,000 of words. */
const maxCandidates = 2_000_000

/** Rows of held-out users that are judged: about 150 MB, and more than a paired t-test needs. */
const maxHeldOut = 20_000

export type TrainOptions = { signal: AbortSignal; onPhase: (phase: string) => void }

export type Trained = { selector: Selector; text: string; report: TrainReport }

/**
 * Fits a selector on the training half and judges it on validation and test users. Of more rows than it holds it takes a sample
 * by seeded hash of their ids, so that neither shards nor their order matter.
 * @throws IdiolectError as `openTrainingData` and its rows do
 */
export async function trainSelector(kind: SelectorKind, data: TrainingData, options: TrainOptions): Promise<Trained> {
  return kind === 'summarizer' ? trainSummarizer(data, options) : trainSynthesizer(data, options)
}

async function trainSummarizer(data: TrainingData, options: TrainOptions): Promise<Trained> {
  const { selector, text, read } = await fit('summarizer', {
    ...options,
    config: data.config,
    rows: data.rows('summary', ['train']),
    label: labelledSnippets,
  })
  const { maxChars } = data.config.summarize
  const choices = await judge({
    ...options,
    config: data.config,
    rows: data.rows('summary', ['validation', 'test']),
    choose: (row) => summaryChoices(row, { selector, maxChars }),
  })
  return { selector, text, report: trainReport(choices, { selector, read, limit: maxChars }) }
}

async function trainSynthesizer(data: TrainingData, options: TrainOptions): Promise<Trained> {
  const frequencies = await data.frequencies()
  const { selector, text, read } = await fit('synthesizer', {
    ...options,
    config: data.config,
    rows: data.rows('synthesis', ['train']),
    label: (row) => labelledWords(row, frequencies),
  })
  const { maxWords } = data.config.synthesize
  const choices = await judge({
    ...options,
    config: data.config,
    rows: data.rows('synthesis', ['validation', 'test']),
    choose: (row) => synthesisChoices(row, { selector, frequencies, maxWords }),
  })
  return { selector, text, report: trainReport(choices, { selector, read, limit: maxWords }) }
}

type Common<Row> = TrainOptions & { config: OutputConfig; rows: AsyncGenerator<Row> }

async function fit<Row extends { id: string }>(
  kind: SelectorKind,
  options: Common<Row> & { label: (row: Row) => LabelledTarget },
): Promise<{ selector: Selector; text: string; read: number }> {
  const { config, rows, label, signal, onPhase } = options
  const sizeOf = ({ labels }: LabelledTarget) => labels.length
  const sample = sampleByHash<LabelledTarget>({ seed: config.seed, limit: maxCandidates, sizeOf })
  onPhase('Reading what there is to learn from')
  let read = 0
  for await (const row of rows) {
    read += 1
    sample.offer(row.id, () => label(row))
  }
  const targets = sample.items()
  onPhase(`Learning from ${targets.length} of ${read} targets`)
  const { seed, split } = config
  const text = encodeSelector(await fitSelector(targets, { kind, trainedOn: { seed, split }, signal }))
  return { selector: selectorOf(JSON.parse(text))!, text, read }
}

async function judge<Row extends { id: string }>(
  options: Common<Row> & { choose: (row: Row) => TargetChoices },
): Promise<TargetChoices[]> {
  const { config, rows, choose, signal, onPhase } = options
  const sample = sampleByHash<Row>({ seed: config.seed, limit: maxHeldOut, sizeOf: () => 1 })
  onPhase('Reading the held-out users')
  for await (const row of rows) sample.offer(row.id, () => row)
  const choices: TargetChoices[] = []
  for (const row of sample.items()) {
    await setImmediate()
    signal.throwIfAborted()
    choices.push(choose(row))
  }
  return choices
}
