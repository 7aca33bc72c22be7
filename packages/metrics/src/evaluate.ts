import { IdiolectError } from '@idiolect/contracts/errors'

import { addBleuCounts, corpusBleu, noBleuCounts } from './bleu.ts'
import { lengthRatio } from './length-ratio.ts'
import { type PairMetrics, type PairScores, pairMetrics, scorePair } from './score-pair.ts'

export type EvaluationRow = {
  id: string
  output: string
  /** d_t, whole; rows without one cannot be scored */
  reference?: string | undefined
  /** x_t, the start that the writer was given */
  context?: string | undefined
}

/** Figures of a set of pairs; `bleuSentence`, ROUGE and `repetition` are means over the pairs. */
export type Scores = PairMetrics & {
  /** corpus level, 0 … 100 */
  bleu: number
  /** words of the outputs / words of the references; null where the references have none */
  lengthRatio: number | null
}

export type Evaluation = {
  /** rows scored */
  count: number
  /** rows without a reference */
  skipped: number
  /** ROUGE with Porter-stemmed words */
  stem: boolean
  /** The whole texts, their given start included, as in the paper. */
  whole: Scores
  /** What stands after the given start; null where no row gives one. */
  continuation: Continuation | null
}

/** A text that does not begin with the given start counts whole. */
export type Continuation = Scores & {
  /** rows that give a start */
  count: number
  outputsWithoutStart: number
  referencesWithoutStart: number
}

/** What one scored row got; `continuation` is null where the row gives no start. */
export type RowScores = { whole: PairMetrics; continuation: PairMetrics | null }

export type EvaluateOptions = {
  stem?: boolean
  /** Called for each scored row, in order. */
  onScored?: (row: EvaluationRow & { reference: string }, scores: RowScores) => void
}

/**
 * Scores rows one by one, whole and for the continuation alone; nothing of a row is kept.
 * @throws IdiolectError `input_unusable` when no row has a reference.
 */
export async function evaluateRows(
  rows: AsyncIterable<EvaluationRow>,
  { stem = false, onScored }: EvaluateOptions = {},
): Promise<Evaluation> {
  const whole = scoreSums()
  const continuation = scoreSums()
  let [skipped, outputsWithoutStart, referencesWithoutStart] = [0, 0, 0]
  for await (const { id, output, reference, context } of rows) {
    if (reference === undefined) {
      skipped += 1
      continue
    }
    const scores: RowScores = { whole: whole.add(scorePair(output, reference, { stem })), continuation: null }
    if (context !== undefined && context !== '') {
      if (!output.startsWith(context)) outputsWithoutStart += 1
      if (!reference.startsWith(context)) referencesWithoutStart += 1
      const [outputRest, referenceRest] = [withoutStart(output, context), withoutStart(reference, context)]
      scores.continuation = continuation.add(scorePair(outputRest, referenceRest, { stem }))
    }
    onScored?.({ id, output, reference, context }, scores)
  }
  const count = whole.count()
  if (count === 0) {
    throw new IdiolectError('input_unusable', `Nothing to score: none of the ${skipped} rows has a reference`)
  }
  return {
    count,
    skipped,
    stem,
    whole: whole.scores(),
    continuation:
      continuation.count() === 0
        ? null
        : { count: continuation.count(), outputsWithoutStart, referencesWithoutStart, ...continuation.scores() },
  }
}

function withoutStart(text: string, start: string): string {
  return text.startsWith(start) ? text.slice(start.length) : text
}

/** Sums over pairs: `add` takes a pair's scores and hands its metrics on. */
function scoreSums() {
  const bleu = noBleuCounts()
  const words = { output: 0, reference: 0 }
  const sums: PairMetrics = { bleuSentence: 0, rouge1: 0, rouge2: 0, rougeL: 0, repetition: 0 }
  let count = 0
  return {
    count: () => count,
    add(pair: PairScores): PairMetrics {
      count += 1
      addBleuCounts(bleu, pair.bleu)
      words.output += pair.words.output
      words.reference += pair.words.reference
      for (const metric of pairMetrics) sums[metric] += pair.metrics[metric]
      return pair.metrics
    },
    scores(): Scores {
      const means = { ...sums }
      for (const metric of pairMetrics) means[metric] /= count
      return { bleu: corpusBleu(bleu), ...means, lengthRatio: lengthRatio(words) }
    },
  }
}
