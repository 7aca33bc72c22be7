import { drawFor } from '@idiolect/contracts/split'
import { countBleu } from '@idiolect/metrics/bleu'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { bleuSample, meanInterval } from './bootstrap.ts'

describe('the interval of a mean', () => {
  test('lies within the values and is the same each time', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 2, maxLength: 150 }), (values) => {
        const { low, high } = meanInterval(values)!
        expect(low).toBeGreaterThanOrEqual(Math.min(...values) - 1e-12)
        expect(high).toBeLessThanOrEqual(Math.max(...values) + 1e-12)
        expect(low).toBeLessThanOrEqual(high)
        expect(meanInterval(values)).toEqual({ low, high })
      }),
      { numRuns: 20 },
    )
  })

  test('has the width of the normal distribution for many values, whatever their order', () => {
    for (const count of [100, 5000]) {
      const values = Array.from({ length: count }, (_, index) => drawFor([index])).sort((a, b) => a - b)
      const { low, high } = meanInterval(values)!
      const normal = (2 * 1.96 * Math.sqrt(1 / 12)) / Math.sqrt(count)
      // 100 groups know their own spread within 7 % (one sigma), 1,000 draws the quantiles within 4 %.
      expect((high - low) / normal).toBeGreaterThan(0.75)
      expect((high - low) / normal).toBeLessThan(1.25)
    }
  })

  test('is not there for a single value', () => {
    expect([meanInterval([]), meanInterval([1])]).toEqual([null, null])
  })
})

test('the interval of a corpus BLEU holds the BLEU of the pairs', () => {
  const sample = bleuSample()
  for (let pair = 0; pair < 40; pair += 1) {
    const reference = `mail ${pair} says that the train is late again and again`
    sample.add(
      countBleu(
        reference
          .split(' ')
          .slice(0, 6 + (pair % 5))
          .join(' '),
        reference,
      ),
    )
  }
  const { low, high } = sample.interval()!
  expect(low).toBeGreaterThan(40)
  expect(high).toBeLessThan(100)
  expect(high - low).toBeGreaterThan(1)
})
