import fc from 'fast-check'
import { expect, test } from 'vitest'

import { countDocumentFrequencies, decodeDocumentFrequencies } from './document-frequencies.ts'
import { words } from './words.ts'

test('a word counts once a document, and a word that was never seen counts as seen once', () => {
  const counted = countDocumentFrequencies()
  counted.add('Red red fish')
  counted.add('blue FISH')
  expect(counted.documents).toBe(2)
  expect(['red', 'fish', 'bird'].map(counted.df)).toEqual([1, 2, 1])
})

test('encoding and decoding changes no frequency, for any documents', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme' })), (texts) => {
      const counted = countDocumentFrequencies()
      texts.forEach(counted.add)
      const decoded = decodeDocumentFrequencies(counted.encode())
      expect(decoded.documents).toBe(texts.length)
      for (const word of texts.flatMap(words)) expect(decoded.df(word)).toBe(counted.df(word))
    }),
  )
})

test('the same documents in another order give the same bytes', () => {
  const texts = ['a b c', 'b c', 'c d']
  const forward = countDocumentFrequencies()
  const backward = countDocumentFrequencies()
  texts.forEach(forward.add)
  texts.toReversed().forEach(backward.add)
  expect(forward.encode().equals(backward.encode())).toBe(true)
})

test('beyond the limit the rarest words are forgotten and the frequent ones stay exact', () => {
  const counted = countDocumentFrequencies({ limit: 10 })
  for (let document = 0; document < 100; document += 1) counted.add(`common rare${document}`)
  expect(counted.df('common')).toBe(100)
  expect(counted.df('rare99')).toBe(1)
})
