import { nGramOverlaps } from './n-gram-overlap.ts'
import { tokenIds } from './token-ids.ts'
import { tokenize13a } from './tokenize-13a.ts'

const maxOrder = 4

/** What BLEU needs to know of one pair or, added up, of a corpus. `shared` and `total` have an entry an n-gram order. */
export type BleuCounts = {
  outputTokens: number
  referenceTokens: number
  shared: number[]
  total: number[]
}

export function noBleuCounts(): BleuCounts {
  return { outputTokens: 0, referenceTokens: 0, shared: Array(maxOrder).fill(0), total: Array(maxOrder).fill(0) }
}

/** Counts of one pair under the 13a tokenizer. */
export function countBleu(output: string, reference: string): BleuCounts {
  const tokens = tokenIds(tokenize13a(output), tokenize13a(reference))
  const overlaps = nGramOverlaps(tokens, maxOrder)
  return {
    outputTokens: tokens.output.length,
    referenceTokens: tokens.reference.length,
    shared: overlaps.map((overlap) => overlap.shared),
    total: overlaps.map((overlap) => overlap.output),
  }
}

/** Adds the counts of a pair to those of the corpus, in place. */
export function addBleuCounts(corpus: BleuCounts, pair: BleuCounts): void {
  corpus.outputTokens += pair.outputTokens
  corpus.referenceTokens += pair.referenceTokens
  for (let order = 0; order < maxOrder; order += 1) {
    corpus.shared[order]! += pair.shared[order]!
    corpus.total[order]! += pair.total[order]!
  }
}

/** BLEU of a corpus, 0 … 100, as sacrebleu's `corpus_bleu` with its defaults. 0 where the corpus has no 4-gram at all. */
export function corpusBleu(counts: BleuCounts): number {
  return counts.total[maxOrder - 1] === 0 ? 0 : bleu(counts, maxOrder)
}

/** BLEU of one pair, 0 … 100, as sacrebleu's `sentence_bleu`: only the orders that the output is long enough for. */
export function sentenceBleu(counts: BleuCounts): number {
  const effectiveOrder = counts.total.filter((total) => total > 0).length
  return bleu(counts, effectiveOrder)
}

/**
 * Geometric mean of the n-gram precisions times the brevity penalty (Papineni et al. 2002). The k-th order without a
 * match counts as 2^-k of a match ("exp", method 3 of Chen and Cherry 2014). 0 where nothing matches.
 */
function bleu({ outputTokens, referenceTokens, shared, total }: BleuCounts, orders: number): number {
  if (shared[0] === 0) return 0
  let smoothed = 1
  let logSum = 0
  for (let order = 0; order < orders; order += 1) {
    if (shared[order] === 0) smoothed /= 2
    logSum += Math.log((shared[order] === 0 ? smoothed : shared[order]!) / total[order]!)
  }
  const brevityPenalty = outputTokens < referenceTokens ? Math.exp(1 - referenceTokens / outputTokens) : 1
  return 100 * brevityPenalty * Math.exp(logSum / orders)
}
