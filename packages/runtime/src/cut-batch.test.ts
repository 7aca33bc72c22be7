import type { Batch } from '@idiolect/contracts/batch'
import fc from 'fast-check'
import { expect, test } from 'vitest'

import { cutBatch } from './cut-batch.ts'

const failure = (ordinal: number) => ({
  ordinal,
  id: `r${ordinal}`,
  stage: 'rank',
  code: 'internal',
  message: '',
  attempts: 1,
})

const batches = fc
  .record({ first: fc.nat(1000), failed: fc.array(fc.boolean(), { minLength: 1, maxLength: 80 }) })
  .map(({ first, failed }): Batch => {
    const ordinals = failed.map((_, index) => first + index)
    return {
      run: 'run-1',
      first,
      count: failed.length,
      round: 0,
      records: ordinals.filter((_, index) => !failed[index]).map((ordinal) => ({ ordinal, id: `r${ordinal}` })),
      failures: ordinals.filter((_, index) => failed[index]).map(failure),
      models: {},
    }
  })

test('the parts of a batch follow one another, hold everything once and are no larger than asked', () => {
  fc.assert(
    fc.property(batches, fc.integer({ min: 1, max: 20 }), (batch, maxTargets) => {
      const parts = cutBatch(batch, maxTargets)
      expect(parts.flatMap(({ records }) => records)).toEqual(batch.records)
      expect(parts.flatMap(({ failures }) => failures)).toEqual(batch.failures)
      let next = batch.first
      for (const part of parts) {
        expect(part.first).toBe(next)
        expect(part.count).toBeLessThanOrEqual(maxTargets)
        expect(part.records.length + part.failures.length).toBe(part.count)
        next += part.count
      }
      expect(next).toBe(batch.first + batch.count)
    }),
  )
})

test('a batch of authors is not cut: its records cover several targets', () => {
  const targets = [0, 1, 2].map((ordinal) => ({ ordinal, id: `r${ordinal}` }))
  const batch: Batch = { run: 'run-1', first: 0, count: 3, round: 0, records: [{ targets }], failures: [], models: {} }
  expect(cutBatch(batch, 2)).toEqual([batch])
})
