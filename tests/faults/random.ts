export type Random = {
  /** Evenly from `from` (included) to `to` (not included). */
  between(from: number, to: number): number
  pick<T>(from: readonly T[]): T
}

/** The same numbers for the same seed: mulberry32, begun with the FNV-1a hash of the seed. */
export function seededRandom(seed: string): Random {
  let state = 0x811c9dc5
  for (const character of seed) state = Math.imul(state ^ character.codePointAt(0)!, 0x01000193)
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  return {
    between: (from, to) => from + next() * (to - from),
    pick: (from) => from[Math.floor(next() * from.length)]!,
  }
}
