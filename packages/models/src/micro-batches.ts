/**
 * Which rows run together: indices into `lengths` (in tokens), longest first, so that rows of a batch are of like length
 * and little is padded. A batch of n rows whose longest has k tokens holds n × k ≤ `maxPaddedTokens`, or is one row.
 * Decided by the lengths and their order alone, so the same list gives the same batches everywhere.
 */
export function microBatches(lengths: readonly number[], maxPaddedTokens: number): number[][] {
  const longestFirst = lengths.map((_, index) => index).sort((a, b) => lengths[b]! - lengths[a]! || a - b)
  const batches: number[][] = []
  let start = 0
  while (start < longestFirst.length) {
    const longest = Math.max(1, lengths[longestFirst[start]!]!)
    const rows = Math.max(1, Math.floor(maxPaddedTokens / longest))
    batches.push(longestFirst.slice(start, start + rows))
    start += rows
  }
  return batches
}
