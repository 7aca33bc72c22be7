import fc from 'fast-check'
import { expect, test } from 'vitest'

import { decodeVectors, encodeVectors } from './vectors.ts'

const matrices = fc
  .integer({ min: 1, max: 12 })
  .chain((dimensions) =>
    fc
      .array(fc.float32Array({ minLength: dimensions, maxLength: dimensions }), { maxLength: 6 })
      .map((rows) => ({ dimensions, rows })),
  )

test('what is decoded is what was encoded, bit for bit', () => {
  fc.assert(
    fc.property(matrices, ({ dimensions, rows }) => {
      expect(decodeVectors(encodeVectors(rows), dimensions)).toStrictEqual(rows)
    }),
  )
})

test('the bytes are little-endian float32 rows', () => {
  expect(encodeVectors([Float32Array.of(1, -2)])).toBe(Buffer.from('0000803f000000c0', 'hex').toString('base64'))
})

test('rows are views of one buffer', () => {
  const [first, second] = decodeVectors(encodeVectors([Float32Array.of(1, 2), Float32Array.of(3, 4)]), 2)
  expect(second?.buffer).toBe(first?.buffer)
})

test('rows that do not fit the number of dimensions are refused', () => {
  expect(() => decodeVectors(encodeVectors([Float32Array.of(1, 2, 3)]), 2)).toThrow(/no whole vectors of 2/)
  expect(() => encodeVectors([Float32Array.of(1), Float32Array.of(1, 2)])).toThrow(/1 and of 2 dimensions/)
})
