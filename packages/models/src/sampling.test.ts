import fc from 'fast-check'
import { expect, test } from 'vitest'

import { mostProbable, sample, seededRandom } from './sampling.ts'

const logitLists = fc.array(fc.float({ min: -20, max: 20, noNaN: true }), { minLength: 1, maxLength: 50 })

test('the most probable token is the first of the highest logits', () => {
  fc.assert(
    fc.property(logitLists, (list) => {
      expect(mostProbable(Float32Array.from(list))).toBe(list.indexOf(Math.max(...list)))
    }),
  )
})

test('a drawn token has at least 5 % of the highest probability', () => {
  fc.assert(
    fc.property(logitLists, fc.double({ min: 0.1, max: 2, noNaN: true }), fc.nat(), (list, temperature, seed) => {
      const drawn = sample(Float32Array.from(list), temperature, seededRandom(seed)())
      const ratio = Math.exp((list[drawn]! - Math.max(...list)) / temperature)
      // The threshold is taken on the logits, the ratio here on the probabilities: equal up to double rounding.
      expect(ratio).toBeGreaterThanOrEqual(0.05 - 1e-6)
    }),
  )
})

test('tokens are drawn in proportion to their probabilities', () => {
  const logits = Float32Array.from([Math.log(0.5), Math.log(0.3), Math.log(0.2), Math.log(0.001)])
  const random = seededRandom(7)
  const counts = [0, 0, 0, 0]
  for (let draw = 0; draw < 20_000; draw += 1) counts[sample(logits, 1, random())]! += 1
  const shares = counts.map((count) => count / 20_000)
  // Standard error of a share is at most 0.0036.
  expect(shares[0]).toBeCloseTo(0.5, 1.5)
  expect(shares[1]).toBeCloseTo(0.3, 1.5)
  expect(shares[2]).toBeCloseTo(0.2, 1.5)
  expect(shares[3]).toBe(0)
})

test('a seed stands for one sequence of numbers, another seed for another', () => {
  const first = (seed: number) => Array.from({ length: 5 }, seededRandom(seed))
  expect(first(17)).toEqual(first(17))
  expect(first(17)).not.toEqual(first(18))
})
