import type { TermCounts } from './count-terms.ts'

export type Bm25Options = {
  k1: number
  b: number
  /** [from, to) of the documents: the collection, whose statistics are used. */
  range: readonly [from: number, to: number]
}

/**
 * BM25 of one query against each document of the range, in Lucene's form (as `bm25s` names it): the sum over the query's
 * words, each as often as the query holds it, of ln(1 + (N − df + 0.5) / (df + 0.5)) · tf / (tf + k1 · (1 − b + b · dl / avgdl)).
 * @param query words, all of them among the counted terms
 * @returns a score a document of the range
 */
export function bm25(
  { lengths, counts, terms }: TermCounts,
  query: readonly string[],
  options: Bm25Options,
): Float64Array {
  const { k1, b, range } = options
  const [from, to] = range
  const documents = to - from
  const scores = new Float64Array(documents)
  const averageLength = lengths.subarray(from, to).reduce((sum, length) => sum + length, 0) / documents
  if (!(averageLength > 0)) return scores
  for (const word of query) {
    const term = terms.get(word) as number
    let df = 0
    for (let document = from; document < to; document += 1) {
      if ((counts[document * terms.size + term] as number) > 0) df += 1
    }
    const idf = Math.log(1 + (documents - df + 0.5) / (df + 0.5))
    for (let document = from; document < to; document += 1) {
      const tf = counts[document * terms.size + term] as number
      if (tf === 0) continue
      const saturation = tf + k1 * (1 - b + (b * (lengths[document] as number)) / averageLength)
      scores[document - from] = (scores[document - from] as number) + (idf * tf) / saturation
    }
  }
  return scores
}
