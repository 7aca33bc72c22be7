import { isStopWord } from '@idiolect/text/stop-words'
import { words } from '@idiolect/text/words'

/** Probability of following similarity rather than jumping anywhere, and the rounds after which ranks no longer move. */
const damping = 0.85
const rounds = 50

export type Centrality = {
  /** One a sentence; they add up to 1. */
  ranks: Float64Array
  /** Cosine of the tf-idf vectors of two sentences. */
  similarity(a: number, b: number): number
}

/**
 * Continuous LexRank (Erkan and Radev 2004): the stationary distribution of a walk over sentences that steps in proportion to
 * the cosine of their tf-idf vectors. IDF is taken over the sentences, stop words are left out.
 */
export function sentenceCentrality(sentences: readonly string[]): Centrality {
  const count = sentences.length
  const vectors = tfIdfVectors(sentences)
  const similarities = new Float64Array(count * count)
  for (let a = 0; a < count; a += 1) {
    for (let b = 0; b < a; b += 1) {
      const cosine = dot(vectors[a]!, vectors[b]!)
      similarities[a * count + b] = cosine
      similarities[b * count + a] = cosine
    }
  }
  const similarity = (a: number, b: number): number => similarities[a * count + b]!
  return { ranks: stationaryRanks(similarities, count), similarity }
}

type SparseVector = ReadonlyMap<string, number>

function tfIdfVectors(sentences: readonly string[]): SparseVector[] {
  const counts = sentences.map((sentence) => {
    const terms = new Map<string, number>()
    for (const word of words(sentence)) if (!isStopWord(word)) terms.set(word, (terms.get(word) ?? 0) + 1)
    return terms
  })
  const df = new Map<string, number>()
  for (const terms of counts) for (const word of terms.keys()) df.set(word, (df.get(word) ?? 0) + 1)
  return counts.map((terms) => {
    const weighted = [...terms].map(
      ([word, tf]) => [word, tf * Math.log(1 + sentences.length / df.get(word)!)] as const,
    )
    const length = Math.sqrt(weighted.reduce((sum, [, weight]) => sum + weight * weight, 0))
    return new Map(weighted.map(([word, weight]) => [word, weight / length]))
  })
}

function dot(a: SparseVector, b: SparseVector): number {
  let sum = 0
  for (const [word, weight] of a) sum += weight * (b.get(word) ?? 0)
  return sum
}

function stationaryRanks(similarities: Float64Array, count: number): Float64Array {
  let ranks = new Float64Array(count).fill(1 / count)
  const out = ranks.map((_, row) => similarities.subarray(row * count, (row + 1) * count).reduce((a, b) => a + b, 0))
  for (let round = 0; round < rounds; round += 1) {
    const next = new Float64Array(count)
    for (let from = 0; from < count; from += 1) {
      for (let to = 0; to < count; to += 1) {
        // A sentence that is like no other leads everywhere.
        const step = out[from]! > 0 ? similarities[from * count + to]! / out[from]! : 1 / count
        next[to]! += ranks[from]! * (damping * step + (1 - damping) / count)
      }
    }
    ranks = next
  }
  return ranks
}
