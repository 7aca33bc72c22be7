import fc from 'fast-check'
import { expect, test } from 'vitest'

import { parseConfig } from './config.ts'
import { splitOf, splits, teachesSelectors } from './split.ts'

const config = parseConfig({})
const users = Array.from({ length: 5_000 }, (_, index) => `user-${index}`)

test('users are spread over the parts in their shares, and half of the training users teach the selectors', () => {
  const counts = Object.fromEntries(
    splits.map((split) => [split, users.filter((user) => splitOf(user, config) === split).length]),
  )
  // Five standard deviations of a binomial count.
  for (const split of splits) {
    const share = config.split[split]
    expect(Math.abs(counts[split]! / users.length - share)).toBeLessThan(
      5 * Math.sqrt((share * (1 - share)) / users.length),
    )
  }
  const teaching = users.filter((user) => teachesSelectors(user, config)).length
  expect(Math.abs(teaching / counts.train! - 0.5)).toBeLessThan(5 * Math.sqrt(0.25 / counts.train!))
})

test('a user keeps its part under any other users, and another seed moves some', () => {
  const before = users.map((user) => splitOf(user, config))
  const other = users.map((user) => splitOf(user, { ...config, seed: config.seed + 1 }))
  expect(other).not.toEqual(before)
  expect(
    users
      .toReversed()
      .map((user) => splitOf(user, config))
      .toReversed(),
  ).toEqual(before)
})

test('nobody outside of the training users teaches the selectors', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.nat(), (user, seed) => {
      const seeded = { ...config, seed }
      return !teachesSelectors(user, seeded) || splitOf(user, seeded) === 'train'
    }),
  )
})
