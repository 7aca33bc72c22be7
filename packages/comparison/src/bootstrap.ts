import { addBleuCounts, type BleuCounts, corpusBleu, noBleuCounts } from '@idiolect/metrics/bleu'

/** 95 %, in the unit of the figure. */
export type Interval = { low: number; high: number }

/** Groups of pairs are drawn, so that an interval costs the same for any number of pairs; up to so many are groups of their own. */
const maxGroups = 100
const resamples = 1000

/** Percentile bootstrap (Efron 1979) of the mean, with fixed draws; null with fewer than two values. */
export function meanInterval(values: readonly number[]): Interval | null {
  const groups: { sum: number; count: number }[] = []
  const nextPlace = dealing()
  for (const value of values) {
    const place = nextPlace()
    groups[place] ??= { sum: 0, count: 0 }
    groups[place].sum += value
    groups[place].count += 1
  }
  return intervalOf(groups, (drawn) => {
    let [sum, count] = [0, 0]
    for (const group of drawn) {
      sum += group.sum
      count += group.count
    }
    return sum / count
  })
}

export type BleuSample = {
  add(pair: BleuCounts): void
  /** Of the corpus BLEU over all pairs added, 0 … 100, which is no mean of the pairs; null with fewer than two. */
  interval(): Interval | null
}

/** Holds the counts of the groups, not of the pairs. */
export function bleuSample(): BleuSample {
  const groups: BleuCounts[] = []
  const nextPlace = dealing()
  return {
    add(pair) {
      const place = nextPlace()
      groups[place] ??= noBleuCounts()
      addBleuCounts(groups[place], pair)
    },
    interval: () =>
      intervalOf(groups, (drawn) => {
        const corpus = noBleuCounts()
        for (const group of drawn) addBleuCounts(corpus, group)
        return corpusBleu(corpus)
      }),
  }
}

function intervalOf<Group>(groups: readonly Group[], figureOf: (drawn: Group[]) => number): Interval | null {
  if (groups.length < 2) return null
  const draw = drawing()
  const figures = Float64Array.from({ length: resamples }, () =>
    figureOf(groups.map(() => groups[draw(groups.length)]!)),
  )
  figures.sort()
  return { low: figures[Math.floor(0.025 * resamples)]!, high: figures[Math.ceil(0.975 * resamples) - 1]! }
}

/** Which group the next pair belongs to. By chance and not in turn: the pairs come author by author, and groups would be too alike. */
function dealing(): () => number {
  const draw = drawing()
  let dealt = 0
  return () => {
    dealt += 1
    return dealt <= maxGroups ? dealt - 1 : draw(maxGroups)
  }
}

/** Whole numbers below `end`, the same sequence each time: a linear congruential generator (Knuth's MMIX) by its high bits. */
function drawing(): (end: number) => number {
  let state = 1n
  return (end) => {
    state = BigInt.asUintN(64, state * 6364136223846793005n + 1442695040888963407n)
    return Math.floor((Number(state >> 32n) / 2 ** 32) * end)
  }
}
