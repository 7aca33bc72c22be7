import { setImmediate } from 'node:timers/promises'

import type { OutputConfig } from '@idiolect/contracts/config'
import type { TargetChoices } from '@idiolect/selectors/choice-scores'
import { fitSelector } from '@idiolect/selectors/fit-selector'
import { type LabelledTarget, labelledSnippets, labelledWords } from '@idiolect/selectors/labelled-target'
import { sampleByHash } from '@idiolect/selectors/sample-by-hash'
import { encodeSelector, type Selector, type SelectorKind, selectorOf } from '@idiolect/selectors/selector'
import { summaryChoices } from '@idiolect/selectors/summary-choices'
import { synthesisChoices } from '@idiolect/selectors/synthesis-choices'
import type { SynthesisRow } from '@idiolect/selectors/training-rows'

import type { TrainingData } from './train-data.ts'
import { type TrainReport, trainReport } from './train-report.ts'

/** About 350 MB, and 3 minutes on one core: 260,000 targets of snippets, 16,000 of words. */
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
  const { config } = data
  const heldOut = await readHeldOut(data.rows('summary', ['validation', 'test']), config, options)
  const rows = data.rows('summary', ['train'])
  const { selector, text, read } = await fit('summarizer', { ...options, config, rows, label: labelledSnippets })
  const limit = config.summarize.maxChars
  const choices = await judge(heldOut, options, (row) => summaryChoices(row, { selector, maxChars: limit }))
  return { selector, text, report: trainReport(choices, { selector, read, limit }) }
}

async function trainSynthesizer(data: TrainingData, options: TrainOptions): Promise<Trained> {
  const { config } = data
  const frequencies = await data.frequencies()
  const heldOut = await readHeldOut(data.rows('synthesis', ['validation', 'test']), config, options)
  const rows = data.rows('synthesis', ['train'])
  const label = (row: SynthesisRow) => labelledWords(row, frequencies)
  const { selector, text, read } = await fit('synthesizer', { ...options, config, rows, label })
  const limit = config.synthesize.maxWords
  const choices = await judge(heldOut, options, (row) =>
    synthesisChoices(row, { selector, frequencies, maxWords: limit }),
  )
  return { selector, text, report: trainReport(choices, { selector, read, limit }) }
}

type FitOptions<Row> = TrainOptions & {
  config: OutputConfig
  rows: AsyncGenerator<Row>
  label: (row: Row) => LabelledTarget
}

async function fit<Row extends { id: string }>(kind: SelectorKind, options: FitOptions<Row>) {
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

async function readHeldOut<Row extends { id: string }>(
  rows: AsyncGenerator<Row>,
  { seed }: OutputConfig,
  { onPhase }: TrainOptions,
): Promise<Row[]> {
  onPhase('Reading the held-out users')
  const sample = sampleByHash<Row>({ seed, limit: maxHeldOut, sizeOf: () => 1 })
  for await (const row of rows) sample.offer(row.id, () => row)
  return sample.items()
}

async function judge<Row>(
  rows: readonly Row[],
  { signal, onPhase }: TrainOptions,
  choose: (row: Row) => TargetChoices,
): Promise<TargetChoices[]> {
  onPhase(`Judging on ${rows.length} held-out targets`)
  const choices: TargetChoices[] = []
  for (const row of rows) {
    await setImmediate()
    signal.throwIfAborted()
    choices.push(choose(row))
  }
  return choices
}
