import fc from 'fast-check'
import { expect, test } from 'vitest'

import { sampleByHash } from './sample-by-hash.ts'

type Item = { id: string; size: number }

function sampled(items: readonly Item[], limit: number, seed = 17): Item[] {
  const sample = sampleByHash<Item>({ seed, limit, sizeOf: ({ size }) => size })
  for (const item of items) sample.offer(item.id, () => item)
  return sample.items()
}

const items = Array.from({ length: 300 }, (_, index) => ({ id: `t${index}`, size: 1 + (index % 9) }))

test('the sample is the same for any order', () => {
  fc.assert(
    fc.property(
      fc.shuffledSubarray(items, { minLength: items.length }),
      fc.integer({ min: 0, max: 2000 }),
      (shuffled, limit) => {
        expect(sampled(shuffled, limit)).toEqual(sampled(items, limit))
      },
    ),
    { numRuns: 30 },
  )
})

test('the sample keeps to the limit, leaves no room for the next item, and holds everything where there is room', () => {
  const size = (some: readonly Item[]) => some.reduce((sum, item) => sum + item.size, 0)
  for (const limit of [0, 1, 50, 700]) {
    const found = sampled(items, limit)
    expect(size(found)).toBeLessThanOrEqual(limit)
    expect(size(found)).toBeGreaterThan(limit - 9)
  }
  expect(
    sampled(items, 10_000)
      .map(({ id }) => id)
      .sort(),
  ).toEqual(items.map(({ id }) => id).sort())
})

test('another seed gives another sample', () => {
  expect(sampled(items, 100, 1)).not.toEqual(sampled(items, 100, 2))
})

test('what cannot belong to the sample any more is not made', () => {
  const sample = sampleByHash<number>({ seed: 1, limit: 10, sizeOf: () => 1 })
  let made = 0
  for (let index = 0; index < 10_000; index += 1) {
    sample.offer(String(index), () => {
      made += 1
      return index
    })
  }
  // About 10 more at each halving of what is admitted: some 10 · log2(1,000).
  expect(made).toBeLessThan(500)
})
