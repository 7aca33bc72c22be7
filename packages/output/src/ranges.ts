/** Which ordinals are there: disjoint half-open ranges, each named by its first ordinal and its length. */
export type Range = { first: number; count: number }

/** The gaps that `ranges` leave in [0, total), in order. Ranges may touch or overlap. */
export function missingRanges(ranges: Iterable<Range>, total: number): Range[] {
  const gaps: Range[] = []
  let next = 0
  for (const { first, count } of [...ranges].sort((a, b) => a.first - b.first)) {
    if (first > next) gaps.push({ first: next, count: first - next })
    next = Math.max(next, first + count)
  }
  if (next < total) gaps.push({ first: next, count: total - next })
  return gaps
}

/** Whether a range lies wholly within the gaps' complement. Gaps as `missingRanges` gives them. */
export function isCovered({ first, count }: Range, gaps: readonly Range[]): boolean {
  let low = 0
  let high = gaps.length
  while (low < high) {
    const middle = (low + high) >> 1
    const gap = gaps[middle]!
    if (gap.first + gap.count <= first) low = middle + 1
    else high = middle
  }
  const gap = gaps[low]
  return gap === undefined || gap.first >= first + count
}
