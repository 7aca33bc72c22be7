import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { words } from './words.ts'

describe('words', () => {
  test.each([
    ["Don't stop, JOHN's dog can’t!", ["don't", 'stop', 'john', 'dog', "can't"]],
    ["rock 'n' roll 's 'tis o'clock's", ['rock', 'n', 'roll', 's', 'tis', "o'clock"]],
    ['3.14 in 2002_b', ['3', '14', 'in', '2002', 'b']],
    ['Été ÉTÉ e\u0301te\u0301', ['été', 'été', 'été']],
    ['Αθήνας ΑΘΉΝΑΣ', ['αθήνας', 'αθήνας']],
    ['東京へ行く カタカナ', ['東', '京', 'へ', '行', 'く', 'カタカナ']],
    ['שלום عليكم', ['שלום', 'عليكم']],
    ['hi 😀 there 𐐀', ['hi', 'there', '𐐨']],
    ['', []],
  ])('of %j are %j', (text, expected) => {
    expect(words(text)).toEqual(expected)
  })

  test('are letters, digits, marks and inner apostrophes, in lower case, and stay as they are when read again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const found = words(text)
        const malformed = found.filter((word) => !/^[\p{L}\p{N}\p{M}]+(?:'[\p{L}\p{N}\p{M}]+)*$/u.test(word))
        expect(malformed).toEqual([])
        expect(words(found.join(' '))).toEqual(found)
      }),
    )
  })
})
