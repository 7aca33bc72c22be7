import fc from 'fast-check'
import { expect, test } from 'vitest'

import { tokenBytes } from './token-bytes.ts'

const vocabulary = { '<|end|>': 0, a: 1, b: 2, ab: 3, aba: 4, Ġa: 5, Ġ: 6, bab: 7, Ã: 8, '©': 9, 'Ã©': 10, c: 11 }
const { bytesOf, fitting } = tokenBytes(vocabulary, new Set([0]))
const ids = Object.values(vocabulary)

test('tokens that fit are those that the bytes begin with and those that begin with the bytes', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', 'b', 'c', ' ', '\u00c3', '\u00a9'), minLength: 1, maxLength: 6 }),
      (bytes) => {
        const expected = ids.filter((id) => {
          const token = bytesOf(id)
          return token !== '' && (token.startsWith(bytes) || bytes.startsWith(token))
        })
        expect(fitting(bytes).toSorted((a, b) => a - b)).toEqual(expected)
      },
    ),
  )
})

test('a control token stands for no text', () => {
  expect(bytesOf(0)).toBe('')
  expect(fitting('<')).toEqual([])
})

test('the letters of the vocabulary are bytes: a space is Ġ, a character of two bytes two letters', () => {
  expect(bytesOf(5)).toBe(' a')
  expect(Buffer.from(bytesOf(10), 'latin1').toString('utf8')).toBe('é')
})
