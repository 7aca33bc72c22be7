import { words } from '@idiolect/text/words'

import { type BleuCounts, countBleu, sentenceBleu } from './bleu.ts'
import type { WordCounts } from './length-ratio.ts'
import { repetition } from './repetition.ts'
import { rouge } from './rouge.ts'

/** The metrics that each pair has, and that runs are compared on. */
export const pairMetrics = ['bleuSentence', 'rouge1', 'rouge2', 'rougeL', 'repetition'] as const
export type PairMetric = (typeof pairMetrics)[number]

/** `bleuSentence` 0 … 100; ROUGE (f1) and `repetition` (of the output) 0 … 1. */
export type PairMetrics = Record<PairMetric, number>

export type PairScores = {
  metrics: PairMetrics
  /** For the corpus-level figures, which do not follow from the pairs' own. */
  bleu: BleuCounts
  words: WordCounts
}

/** Scores one output against its reference. Any strings, empty ones included. */
export function scorePair(output: string, reference: string, options: { stem?: boolean } = {}): PairScores {
  const bleu = countBleu(output, reference)
  const rouges = rouge(output, reference, options)
  const outputWords = words(output)
  return {
    metrics: {
      bleuSentence: sentenceBleu(bleu),
      rouge1: rouges.rouge1.f1,
      rouge2: rouges.rouge2.f1,
      rougeL: rouges.rougeL.f1,
      repetition: repetition(outputWords),
    },
    bleu,
    words: { output: outputWords.length, reference: words(reference).length },
  }
}
