import { createHash } from 'node:crypto'

import { expect, test } from 'vitest'
import { recordedMails } from '../fixtures/mails.ts'
import recorded from '../fixtures/stems.json' with { type: 'json' }
import { porterStem } from './porter-stem.ts'

test('recorded words get the stems that NLTK gives them', () => {
  const stems = Object.fromEntries(Object.keys(recorded.stems).map((word) => [word, porterStem(word)]))
  expect(stems).toEqual(recorded.stems)
})

test('every word of the spam-assassin mails gets the stem that NLTK gives it', () => {
  const words = new Set<string>()
  for (const text of recordedMails()) for (const word of text.toLowerCase().match(/[a-z0-9]+/g) ?? []) words.add(word)
  expect(words.size).toBe(recorded.words)
  const hashes = new Map<string, ReturnType<typeof createHash>>()
  for (const word of [...words].sort()) {
    const hash = hashes.get(word.charAt(0)) ?? createHash('sha256')
    hashes.set(word.charAt(0), hash.update(`${word} ${porterStem(word)}\n`))
  }
  const digests = Object.fromEntries([...hashes].map(([initial, hash]) => [initial, hash.digest('hex')]))
  expect(digests).toEqual(recorded.digests)
})

test('a long run of y costs no more than another word', () => {
  expect(porterStem('y'.repeat(20_000))).toHaveLength(20_000)
})
