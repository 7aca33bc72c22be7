import { expect, test } from 'vitest'

import { isStopWord } from './stop-words.ts'
import { words } from './words.ts'

test('function words are stop words, with their contractions as words() gives them', () => {
  for (const word of words(
    "the not does it's don’t can't they'll I'm we've that's you'd won't isn't let's 2002 0 http",
  )) {
    expect([word, isStopWord(word)]).toEqual([word, true])
  }
})

test('words with a meaning of their own are not', () => {
  for (const word of ['linux', 'garden', 'meeting', 'world']) expect(isStopWord(word)).toBe(false)
})
