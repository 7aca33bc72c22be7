import fc from 'fast-check'
import { expect, test } from 'vitest'

import { countPlainWords, notPlain } from './plain-words.ts'
import { words } from './words.ts'

type Counted = { length: number; counts: number[] }

/** One for each text; null where it is not plain. */
function countIn(texts: string[], terms: string[]): Array<Counted | null> {
  const lengths = new Float64Array(texts.length)
  const counts = new Float64Array(texts.length * terms.length)
  countPlainWords(texts, terms, { lengths, counts })
  return [...lengths].map((length, text) =>
    length === notPlain
      ? null
      : { length, counts: [...counts.subarray(text * terms.length, (text + 1) * terms.length)] },
  )
}

function countByWords(text: string, terms: string[]): Counted {
  const found = words(text)
  return { length: found.length, counts: terms.map((term) => found.filter((word) => word === term).length) }
}

test.each([
  ["John, JOHN's, John’s 'John' 'John's' john' John''s johns", ['john', 'johns', 's'], [7, 1, 1]],
  ["don't don’t DON't's don don'", ["don't", 'don', 't'], [3, 2, 0]],
  ["a's a's's a's's's 's s's", ['a', "a's", "a's's", 's'], [1, 1, 1, 2]],
  ['“It’s John’s café” — €5 CAFÉ', ['it', 'john', 'café', '5'], [1, 1, 2, 1]],
  ['K and \u212a, Å and \u212b', ['k', 'å'], [2, 2]],
  ['', ['word'], [0]],
])('in %j, %j stand as often as %j', (text, terms, counts) => {
  expect(countByWords(text, terms).counts).toEqual(counts)
  expect(countIn([text], terms)).toEqual([{ length: words(text).length, counts }])
})

test('the counts are those of words, for any texts and any terms, or none where they cannot be told', () => {
  const unit = fc.oneof(
    fc.constantFrom('a', 'b', 'S', 's', "'", '’', "'s", ' ', 'é', 'É'),
    fc.string({ unit: 'binary', maxLength: 1 }),
  )
  const text = fc.array(unit, { maxLength: 12 }).map((units) => units.join(''))
  fc.assert(
    fc.property(fc.array(text, { maxLength: 4 }), fc.array(text, { maxLength: 3 }), (texts, others) => {
      const terms = [...new Set([...texts.slice(1), ...others].flatMap(words))]
      countIn(texts, terms).forEach((counted, index) => {
        if (counted !== null) expect(counted).toEqual(countByWords(texts[index]!, terms))
      })
    }),
    { numRuns: 1000 },
  )
})

test('every character of the basic plane counts as it does for words, alone and beside letters', () => {
  const differing: string[] = []
  for (let unit = 0; unit < 0x10000; unit += 1) {
    const character = String.fromCharCode(unit)
    const texts = [character, `a${character}b`, `${character}'s`]
    const terms = [...new Set(['a', 'b', ...texts.flatMap(words)])]
    countIn(texts, terms).forEach((counted, index) => {
      const expected = countByWords(texts[index]!, terms)
      if (counted !== null && JSON.stringify(counted) !== JSON.stringify(expected)) differing.push(unit.toString(16))
    })
  }
  expect(differing).toEqual([])
})

test('more terms than there is room for at once are counted in turns', () => {
  const terms = Array.from({ length: 5000 }, (_, index) => `word${index}`)
  const text = `${terms.join(' ')} other word7`
  expect(countIn([text], terms)).toEqual([countByWords(text, terms)])
})

test('a text too long, and texts for a term too long, are not plain', () => {
  const long = 'word '.repeat(2 ** 18)
  expect(countIn([`${long} word`, 'word'], ['word'])).toEqual([null, { length: 1, counts: [1] }])
  expect(countIn(['word'], ['word', 'w'.repeat(20_000)])).toEqual([null])
})
