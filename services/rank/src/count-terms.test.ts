import { words } from '@idiolect/text/words'
import fc from 'fast-check'
import { expect, test } from 'vitest'

import { countTerms } from './count-terms.ts'

test('lengths and counts are those of the words of each text, for any text and any terms of it', () => {
  const unit = fc.oneof(
    fc.constantFrom(
      'a',
      'B',
      "'",
      '’',
      's',
      'S',
      ' ',
      'ß',
      'é',
      'e\u0301',
      'Σ',
      'İ',
      '漢',
      '😀',
      '𐐀',
      '\n',
      '1',
      '한',
      '\u1161',
      'ﬁ',
    ),
    fc.string({ unit: 'binary', maxLength: 2 }),
  )
  const text = fc.array(unit, { maxLength: 30 }).map((units) => units.join(''))
  fc.assert(
    fc.property(fc.array(text, { maxLength: 4 }), text, (texts, query) => {
      const terms = new Set([...words(query), ...words(texts[0] ?? '')])
      const counted = countTerms(texts, terms)
      texts.forEach((document, row) => {
        const tokens = words(document)
        expect(counted.lengths[row]).toBe(tokens.length)
        const counts = counted.counts.subarray(row * terms.size, (row + 1) * terms.size)
        expect([...counts]).toEqual([...terms].map((term) => tokens.filter((token) => token === term).length))
      })
    }),
    { numRuns: 300 },
  )
})

test('terms and texts for which there is no room at once are counted all the same', () => {
  const terms = Array.from({ length: 5000 }, (_, index) => `word${index}`)
  const { counts } = countTerms([terms.join(' ')], new Set(terms))
  expect([...counts].every((count) => count === 1)).toBe(true)

  const long = 'w'.repeat(20_000)
  const counted = countTerms([`word ${long} word`, 'word '.repeat(300_000)], new Set(['word', long]))
  expect([...counted.lengths]).toEqual([3, 300_000])
  expect([...counted.counts]).toEqual([2, 1, 300_000, 0])
})
