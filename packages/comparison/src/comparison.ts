import type { Method } from '@idiolect/contracts/method-names'
import type { PairedTTest } from '@idiolect/metrics/paired-t-test'
import type { PairMetric, PairMetrics } from '@idiolect/metrics/score-pair'

import type { Interval } from './bootstrap.ts'

/** The content of `comparison.json`. `null` stands for "no value". */
export type Comparison = {
  baseline: Method
  /** With a row of any method. */
  targets: number
  authors: number
  /** In the paper's order. */
  methods: MethodComparison[]
  /** Asked for, and without a single row. */
  absent: Method[]
  /** null where there is one author, or the score was not asked for. */
  authorship: AuthorshipLimits | null
}

export type MethodComparison = {
  method: Method
  /** Targets that another method has a row for and this one has not. */
  missing: number
  /** Rows without a true text. */
  skipped: number
  /** The whole texts, their given start included, as in the paper. */
  whole: PartScores
  /** What stands after the given start; null where no row gives one. */
  continuation: PartScores | null
  authorship: AuthorshipScores | null
}

export type PartScores = PairMetrics & {
  /** Rows scored. */
  count: number
  /** Corpus level, 0 … 100; the other figures are means, `bleuSentence` 0 … 100 and the rest 0 … 1. */
  bleu: number
  /** Words of all outputs / words of all true texts. */
  lengthRatio: number | null
  /** null with fewer than two rows. */
  intervals: Record<PairMetric | 'bleu', Interval | null>
  /** Against the baseline, over the targets that both scored; null for the baseline itself. */
  tests: Record<PairMetric, PairedTTest> | null
}

export type AuthorshipScores = {
  count: number
  /** Means of `AuthorshipScore`. */
  score: number
  auc: number
  /** Of `auc`; null with fewer than two texts. */
  interval: Interval | null
  /** Of `auc` against the baseline; null for the baseline itself. */
  test: PairedTTest | null
}

/** Between what the figures of the methods are to be read. */
export type AuthorshipLimits = {
  /** Other authors that a text is compared with. */
  negatives: number
  /** What the true continuations get. */
  truth: AuthorshipScores | null
  /** What another author's true continuation gets in a target's place; near 0.5, or the score measures something else. */
  stranger: AuthorshipScores | null
}
