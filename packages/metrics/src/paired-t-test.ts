import studentTCdf from '@stdlib/stats-base-dists-t-cdf'

/** The level of the paper. */
const significanceLevel = 0.01

export type PairedTTest = {
  pairs: number
  /** of a - b; null without pairs */
  meanDifference: number | null
  /** null where it has no finite value: fewer than two pairs, or differences that are all the same */
  t: number | null
  /** two-sided; null with fewer than two pairs */
  p: number | null
  /** p < `significanceLevel` */
  significant: boolean
}

/**
 * Two-sided paired t-test: is the mean of a[i] - b[i] other than 0? Student's t with pairs - 1 degrees of freedom, as
 * `scipy.stats.ttest_rel`. Differences that are all the same have no spread to test against: p is 1 where they are 0 (scipy has
 * no value there) and 0 elsewhere.
 *
 * @param a scores of one method, aligned with `b`
 * @param b scores of the other, as many
 */
export function pairedTTest(a: readonly number[], b: readonly number[]): PairedTTest {
  const differences = a.map((value, at) => value - b[at]!)
  const pairs = differences.length
  if (pairs === 0) return { pairs, meanDifference: null, t: null, p: null, significant: false }
  const meanDifference = sum(differences) / pairs
  if (pairs === 1) return { pairs, meanDifference, t: null, p: null, significant: false }
  if (differences.every((difference) => difference === differences[0])) {
    const p = differences[0] === 0 ? 1 : 0
    return { pairs, meanDifference, t: null, p, significant: p < significanceLevel }
  }
  const variance = sum(differences.map((difference) => (difference - meanDifference) ** 2)) / (pairs - 1)
  const t = meanDifference / Math.sqrt(variance / pairs)
  const p = 2 * studentTCdf(-Math.abs(t), pairs - 1)
  return { pairs, meanDifference, t, p, significant: p < significanceLevel }
}

function sum(values: readonly number[]): number {
  let total = 0
  for (const value of values) total += value
  return total
}
