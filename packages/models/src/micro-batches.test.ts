import fc from 'fast-check'
import { expect, test } from 'vitest'

import { microBatches } from './micro-batches.ts'

const lengthLists = fc.array(fc.integer({ min: 1, max: 300 }), { maxLength: 80 })
const budgets = fc.integer({ min: 1, max: 1000 })

test('every row is in exactly one batch', () => {
  fc.assert(
    fc.property(lengthLists, budgets, (lengths, budget) => {
      const rows = microBatches(lengths, budget).flat()
      expect(rows.toSorted((a, b) => a - b)).toEqual(lengths.map((_, index) => index))
    }),
  )
})

test('a batch stays within the padded tokens unless it is a single row', () => {
  fc.assert(
    fc.property(lengthLists, budgets, (lengths, budget) => {
      for (const batch of microBatches(lengths, budget)) {
        const padded = batch.length * Math.max(...batch.map((row) => lengths[row]!))
        expect(batch.length === 1 || padded <= budget).toBe(true)
      }
    }),
  )
})

test('rows run from the longest to the shortest, equal ones in their own order', () => {
  expect(microBatches([5, 9, 5, 2], 10)).toEqual([[1], [0, 2], [3]])
})
