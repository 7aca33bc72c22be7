import fc from 'fast-check'
import { expect, test } from 'vitest'

import { isCovered, missingRanges, type Range } from './ranges.ts'

const total = 60
const ranges = fc.array(
  fc
    .record({ first: fc.nat(total - 1), count: fc.integer({ min: 1, max: 12 }) })
    .map(({ first, count }): Range => ({ first, count: Math.min(count, total - first) })),
  { maxLength: 12 },
)
const ordinals = ({ first, count }: Range) => Array.from({ length: count }, (_, index) => first + index)

test('the gaps are exactly the ordinals that no range holds', () => {
  fc.assert(
    fc.property(ranges, (present) => {
      const held = new Set(present.flatMap(ordinals))
      const missing = ordinals({ first: 0, count: total }).filter((ordinal) => !held.has(ordinal))
      expect(missingRanges(present, total).flatMap(ordinals)).toEqual(missing)
    }),
  )
})

test('a range is covered when none of its ordinals is in a gap', () => {
  fc.assert(
    fc.property(ranges, ranges, (present, asked) => {
      const gaps = missingRanges(present, total)
      const missing = new Set(gaps.flatMap(ordinals))
      for (const range of asked)
        expect(isCovered(range, gaps)).toBe(!ordinals(range).some((ordinal) => missing.has(ordinal)))
    }),
  )
})
