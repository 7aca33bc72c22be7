/** Two token sequences in one numbering: the same token has the same id in both, ids run from 0 to `distinct` - 1. */
export type TokenIdPair = {
  output: Int32Array
  reference: Int32Array
  distinct: number
}

/** Numbers the tokens of a pair, so that n-grams and subsequences compare integers instead of strings. */
export function tokenIds(output: readonly string[], reference: readonly string[]): TokenIdPair {
  const ids = new Map<string, number>()
  const idsOf = (tokens: readonly string[]) => {
    const found = new Int32Array(tokens.length)
    tokens.forEach((token, at) => {
      let id = ids.get(token)
      if (id === undefined) {
        id = ids.size
        ids.set(token, id)
      }
      found[at] = id
    })
    return found
  }
  const outputIds = idsOf(output)
  const referenceIds = idsOf(reference)
  return { output: outputIds, reference: referenceIds, distinct: ids.size }
}
