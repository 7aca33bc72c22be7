import fc from 'fast-check'
import { expect, test } from 'vitest'

import { markWords, sharedWords, tellingWords } from './mark-words.ts'

const unescaped: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'" }

/** The text that a reader of the markup sees. */
function seen(markup: string): string {
  return markup.replaceAll(/<\/?mark>/g, '').replaceAll(/&(amp|lt|gt|quot|#39);/g, (entity) => unescaped[entity]!)
}

test('marks stand around whole words, whatever their case, and nowhere else', () => {
  const wanted = tellingWords(['the Sails of the ship’s mast', 'naïve'])
  const { markup } = markWords("SAILS, sailing; a “ship's” Nai\u0308ve <mast>", wanted)
  expect(markup).toBe(
    '<mark>SAILS</mark>, sailing; a “<mark>ship</mark>&#39;s” <mark>Naïve</mark> &lt;<mark>mast</mark>&gt;',
  )
})

test('the text under the marks is the text that was written', () => {
  const alphabet = fc.constantFrom('a', 'B', ' ', "'", '’', '<', '&', 'İ', 'ß', 'é', '漢', '💥', '\ud800', '\n')
  fc.assert(
    fc.property(fc.string({ unit: alphabet }), fc.array(fc.string({ unit: alphabet })), (text, words) => {
      expect(seen(markWords(text, tellingWords(words)).markup)).toBe(text.normalize('NFC'))
    }),
  )
})

test('stop words tell nothing, and what is shared is named once in the order of the text', () => {
  const wanted = tellingWords(['It was the mast and the sails'])
  expect(sharedWords('Sails on the mast, sails it was', wanted)).toEqual(['sails', 'mast'])
})
