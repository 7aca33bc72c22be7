import { createHash } from 'node:crypto'

import { IdiolectError } from '@idiolect/contracts/errors'

import { type Evaluation, type EvaluationRow, evaluateRows, type RowScores } from './evaluate.ts'
import { type PairedTTest, pairedTTest } from './paired-t-test.ts'
import { type PairMetric, type PairMetrics, pairMetrics } from './score-pair.ts'

/** The content of `metrics.json`: `run` alone without a baseline. `null` in `comparison` stands for "no value". */
export type MetricsFile = {
  run: Evaluation
  baseline?: Evaluation
  comparison?: Comparison
}

/** Run against baseline, over the rows that both scored. */
export type Comparison = {
  /** scored rows with the same id in both */
  pairs: number
  onlyInRun: number
  onlyInBaseline: number
  whole: MetricTests
  /** null where the two have no row with a continuation in common */
  continuation: MetricTests | null
}

/** A paired t-test a metric; `meanDifference` is run - baseline. */
export type MetricTests = Record<PairMetric, PairedTTest>

type ScoredRow = { referenceHash: number; scores: RowScores }

/**
 * Evaluates a run and a baseline and tests each metric for a difference between them, row by row of the same id. Keeps the
 * scores of the baseline (some hundred bytes a row), never its texts.
 * @throws IdiolectError `input_unusable` when an id is there twice, has two references, or when the two share no id.
 */
export async function compareRuns(
  run: AsyncIterable<EvaluationRow>,
  baseline: AsyncIterable<EvaluationRow>,
  { stem = false }: { stem?: boolean } = {},
): Promise<Required<MetricsFile>> {
  const baselineRows = new Map<string, ScoredRow>()
  const baselineEvaluation = await evaluateRows(baseline, {
    stem,
    onScored: ({ id, reference }, scores) => {
      if (baselineRows.has(id)) throw unusable(`The baseline has two rows with the id "${id}"`)
      baselineRows.set(id, { referenceHash: hashOf(reference), scores })
    },
  })
  const seen = new Set<string>()
  const pairs: [RowScores, RowScores][] = []
  const runEvaluation = await evaluateRows(run, {
    stem,
    onScored: ({ id, reference }, scores) => {
      if (seen.has(id)) throw unusable(`The run has two rows with the id "${id}"`)
      seen.add(id)
      const other = baselineRows.get(id)
      if (other === undefined) return
      if (other.referenceHash !== hashOf(reference)) {
        throw unusable(
          `Run and baseline have different references for the id "${id}", so their scores cannot be compared`,
        )
      }
      pairs.push([scores, other.scores])
    },
  })
  if (pairs.length === 0) throw unusable('Run and baseline have no id in common; they must come from the same input')
  const comparison = {
    pairs: pairs.length,
    onlyInRun: seen.size - pairs.length,
    onlyInBaseline: baselineRows.size - pairs.length,
    whole: testMetrics(pairs.map(([scores, other]) => [scores.whole, other.whole])),
    continuation: testContinuations(pairs),
  }
  return { run: runEvaluation, baseline: baselineEvaluation, comparison }
}

function testContinuations(pairs: [RowScores, RowScores][]): MetricTests | null {
  const continuations = pairs.flatMap(([{ continuation }, { continuation: other }]): [PairMetrics, PairMetrics][] =>
    continuation !== null && other !== null ? [[continuation, other]] : [],
  )
  return continuations.length === 0 ? null : testMetrics(continuations)
}

function testMetrics(pairs: [PairMetrics, PairMetrics][]): MetricTests {
  const tests = pairMetrics.map((metric) => {
    const ofRun = pairs.map(([scores]) => scores[metric])
    const ofBaseline = pairs.map(([, scores]) => scores[metric])
    return [metric, pairedTTest(ofRun, ofBaseline)] as const
  })
  return Object.fromEntries(tests) as MetricTests
}

/** 48 bits: enough to notice another text, and still an exact number. */
function hashOf(text: string): number {
  return createHash('sha256').update(text).digest().readUIntBE(0, 6)
}

function unusable(message: string): IdiolectError {
  return new IdiolectError('input_unusable', message)
}
