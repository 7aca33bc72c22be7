import type { TokenIdPair } from './token-ids.ts'

/** n-grams of one order: how many each text has, and how many they share, each counted as often as both have it. */
export type NGramOverlap = { shared: number; output: number; reference: number }

/**
 * The clipped n-gram counts of BLEU (Papineni et al. 2002) and ROUGE-N (Lin 2004) for the orders 1 … `maxOrder`.
 * An n-gram's id is made from the id of its first n - 1 tokens and its last token, so every order costs one pass.
 */
export function nGramOverlaps(tokens: TokenIdPair, maxOrder: number): NGramOverlap[] {
  const overlaps: NGramOverlap[] = []
  let grams = tokens
  for (let order = 1; order <= maxOrder; order += 1) {
    if (order > 1) grams = longerByOne(grams, tokens, order)
    overlaps.push({ shared: countShared(grams), output: grams.output.length, reference: grams.reference.length })
  }
  return overlaps
}

function countShared({ output, reference, distinct }: TokenIdPair): number {
  const left = new Int32Array(distinct)
  for (const id of reference) left[id]! += 1
  let shared = 0
  for (const id of output) {
    if (left[id]! === 0) continue
    left[id]! -= 1
    shared += 1
  }
  return shared
}

function longerByOne(shorter: TokenIdPair, tokens: TokenIdPair, order: number): TokenIdPair {
  const ids = new Map<number, number>()
  const extend = (starts: Int32Array, ends: Int32Array) => {
    const grams = new Int32Array(Math.max(starts.length - 1, 0))
    for (let at = 0; at < grams.length; at += 1) {
      const key = starts[at]! * tokens.distinct + ends[at + order - 1]!
      let id = ids.get(key)
      if (id === undefined) {
        id = ids.size
        ids.set(key, id)
      }
      grams[at] = id
    }
    return grams
  }
  const output = extend(shorter.output, tokens.output)
  const reference = extend(shorter.reference, tokens.reference)
  return { output, reference, distinct: ids.size }
}
