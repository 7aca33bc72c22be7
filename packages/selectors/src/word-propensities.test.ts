import { describe, expect, test } from 'vitest'

import { type LabelledWords, learnPropensities, propensityOf } from './word-propensities.ts'

/** Six users; all could say `often` and do, `never` and do not; two could say `rare`. */
const targets: LabelledWords[] = Array.from({ length: 6 }, (_, user) => ({
  userId: `u${user}`,
  words: user < 2 ? ['often', 'never', 'rare'] : ['often', 'never'],
  labels: Uint8Array.from(user < 2 ? [1, 0, 1] : [1, 0]),
}))

describe('the propensities of words', () => {
  const { propensities, withoutUser } = learnPropensities(targets)

  test('are above the average for words that labels have, below it for others', () => {
    const propensity = propensityOf(propensities)
    expect(propensity('often')).toBeGreaterThan(propensities.unknown)
    expect(propensity('never')).toBeLessThan(propensities.unknown)
  })

  test('hold no word of fewer than five users', () => {
    expect(Object.keys(propensities.words)).toEqual(['never', 'often'])
    expect(propensityOf(propensities)('rare')).toBe(propensities.unknown)
  })

  test('are what the other users say where a user is left out', () => {
    const others = withoutUser([targets[0]!])
    // (5 labels of 5 candidates) + 20 candidates of the average, 9 labels in 16.
    expect(others('often')).toBeCloseTo(Math.log((5 + 11.25) / (5 - 5 + 20 - 11.25)), 1)
    expect(others('often')).toBeLessThan(propensityOf(propensities)('often'))
    expect(others('rare')).toBe(propensities.unknown)
  })
})
