import fc from 'fast-check'
import { expect, test } from 'vitest'

import recorded from '../fixtures/t-tests.json' with { type: 'json' }
import { pairedTTest } from './paired-t-test.ts'

test.each(recorded)('$name: t and p are those of scipy.stats.ttest_rel', ({ a, b, t, p }) => {
  const result = pairedTTest(a, b)
  // relative, since p goes down to 1e-200; both sides evaluate the same functions in double precision
  expect(result.t! / t).toBeCloseTo(1, 9)
  expect(result.p! / p).toBeCloseTo(1, 9)
  expect(result.significant).toBe(p < 0.01)
})

test('has no value with fewer than two pairs', () => {
  expect(pairedTTest([], [])).toEqual({ pairs: 0, meanDifference: null, t: null, p: null, significant: false })
  expect(pairedTTest([3], [1])).toEqual({ pairs: 1, meanDifference: 2, t: null, p: null, significant: false })
})

test('finds no difference between equal scores and a certain one where every difference is the same', () => {
  expect(pairedTTest([1, 2, 3], [1, 2, 3])).toMatchObject({ meanDifference: 0, t: null, p: 1, significant: false })
  expect(pairedTTest([2, 3, 4], [1, 2, 3])).toMatchObject({ meanDifference: 1, t: null, p: 0, significant: true })
})

test('exchanging the sides turns the sign of t and keeps p', () => {
  const scores = fc.double({ min: 0, max: 100, noNaN: true })
  fc.assert(
    fc.property(fc.array(fc.tuple(scores, scores)), (pairs) => {
      const [a, b] = [pairs.map(([left]) => left), pairs.map(([, right]) => right)]
      const [there, back] = [pairedTTest(a, b), pairedTTest(b, a)]
      expect(back.p).toBe(there.p)
      expect(back.t === null ? null : -back.t).toBe(there.t)
    }),
  )
})
