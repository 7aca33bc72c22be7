import { expect, test } from 'vitest'

import { repetition } from './repetition.ts'

test('is 0 for a text of fewer than three words and for one that says nothing twice', () => {
  expect([[], ['a'], ['a', 'b'], ['a', 'b', 'c', 'd']].map(repetition)).toEqual([0, 0, 0, 0])
})

test('is the share of trigrams said before', () => {
  expect(repetition('a b c a b c a'.split(' '))).toBeCloseTo(2 / 5, 12)
  expect(repetition(Array(12).fill('no'))).toBeCloseTo(9 / 10, 12)
})
