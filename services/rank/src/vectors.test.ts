import { encodeVectors } from '@idiolect/contracts/vectors'
import fc from 'fast-check'
import { expect, test } from 'vitest'

import { dot, openRowMemory, vectorRows } from './vectors.ts'

const dimensions = 3
const number = fc.double({ min: -1, max: 1, noNaN: true })
const vector = fc.array(number, { minLength: dimensions, maxLength: dimensions }).map((row) => Float32Array.from(row))

test('the memory gives the rows of one author after the other, and no other number of rows than there are', () => {
  fc.assert(
    fc.property(fc.array(fc.array(vector, { maxLength: 4 }), { minLength: 1, maxLength: 6 }), (authors) => {
      const decodeRows = openRowMemory()
      for (const rows of authors) {
        const base64 = encodeVectors(rows)
        for (const count of [rows.length - 1, rows.length + 1]) {
          if (count >= 0) expect(() => decodeRows(base64, dimensions, count)).toThrow('are needed')
        }
        for (const _again of [1, 2]) {
          const numbers = decodeRows(base64, dimensions, rows.length)
          expect(vectorRows(base64, dimensions, rows.length)).toEqual(
            rows.map((_, row) => numbers.slice(row * dimensions, (row + 1) * dimensions)),
          )
        }
      }
    }),
  )
})

test('the similarity is the sum of the products, for any number of dimensions', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(number, number), { maxLength: 11 }), fc.nat(5), (pairs, start) => {
      const rows = new Float32Array(start + pairs.length + 1)
      rows.set(
        pairs.map(([, b]) => b),
        start,
      )
      const expected = pairs.reduce((sum, [a, b]) => sum + Math.fround(a) * Math.fround(b), 0)
      // At most eleven products of at most 1, added in double precision in another order.
      expect(
        Math.abs(
          dot(
            Float32Array.from(pairs, ([a]) => a),
            rows,
            start,
          ) - expected,
        ),
      ).toBeLessThan(1e-13)
    }),
  )
})
