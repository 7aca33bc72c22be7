import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { foldsTo, plainWords, wordHash } from './plain-words.ts'
import { foldText, words } from './words.ts'

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

describe('plain words', () => {
  function slicesOf(text: string): string[] | null {
    const found = plainWords(text)
    if (found === null) return null
    const { count, starts, ends } = found
    return Array.from({ length: count }, (_, word) => foldText(text.slice(starts[word], ends[word])))
  }

  test('have the hashes of the words that they fold to', () => {
    const text = "The Dog's DON’T"
    const { starts, ends, hashes } = plainWords(text)!
    words(text).forEach((word, index) => {
      expect(hashes[index]).toBe(wordHash(word))
      expect(foldsTo(word, text, [starts[index]!, ends[index]!])).toBe(true)
      expect(foldsTo(`${word}x`, text, [starts[index]!, ends[index]!])).toBe(false)
    })
  })

  test('are the words of any text, or none where they cannot be told', () => {
    const unit = fc.oneof(fc.constantFrom('a', 'S', "'", '’', "'s", ' '), fc.string({ unit: 'binary', maxLength: 1 }))
    fc.assert(
      fc.property(
        fc.array(unit, { maxLength: 12 }).map((units) => units.join('')),
        (text) => {
          expect(slicesOf(text) ?? words(text)).toEqual(words(text))
        },
      ),
    )
  })

  test('agree with words on every character of the basic plane, alone and beside a letter', () => {
    const differing: string[] = []
    for (let unit = 0; unit < 0x10000; unit += 1) {
      const character = String.fromCharCode(unit)
      for (const text of [character, `a${character}b`, `${character}'s`]) {
        const found = slicesOf(text)
        if (found !== null && found.join(' ') !== words(text).join(' ')) differing.push(unit.toString(16))
      }
    }
    expect(differing).toEqual([])
  })

  test('are there for English with typographic marks', () => {
    expect(slicesOf('“It’s John’s café” — €5')).toEqual(['it', 'john', 'café', '5'])
  })
})
