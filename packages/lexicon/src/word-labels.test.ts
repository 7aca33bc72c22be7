import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { isStopWord } from '@idiolect/text/stop-words'
import { words } from '@idiolect/text/words'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { keyElementLabel, type LabelSources, maxDistance, minIdf } from './word-labels.ts'
import { loadWordVectors } from './word-vectors.ts'
import { openWordNet } from './wordnet.ts'

const synonyms = await openWordNet()

/** `harbour` is far from all, `roof` exactly 4 from `engine`, `paint` a hair further from it, and 4 from `roof`. */
const vectors = await vectorsOf('engine 0 0\nroof 4 0\npaint 4 4\nharbour 90 0\nauto 0 0.5\nthe 0 0\n')

async function vectorsOf(content: string) {
  const folder = mkdtempSync(join(tmpdir(), 'idiolect-labels-'))
  try {
    writeFileSync(join(folder, 'vectors.txt'), content)
    return await loadWordVectors(join(folder, 'vectors.txt'), { keep: () => true })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function label(entries: string[], target: string, fields: Partial<LabelSources> = {}): string[] {
  return keyElementLabel({ entries, target, idf: () => 2, synonyms, vectors: null, maxWords: 20, ...fields })
}

/** METHOD's definition as it stands there, word by word. */
function labelByDefinition({ entries, target, idf, maxWords, ...sources }: LabelSources): string[] {
  const counts = (word: string) => !isStopWord(word) && idf(word) >= minIdf
  const related = (v: string, w: string) =>
    v === w ||
    sources.synonyms.synsets(v).some((id) => sources.synonyms.synsets(w).includes(id)) ||
    (sources.vectors !== null && sources.vectors.distance(v, w) <= maxDistance)
  const wanted = words(target).filter(counts)
  return [...new Set(entries.flatMap(words))]
    .filter(counts)
    .map((word) => ({ word, count: wanted.filter((w) => related(word, w)).length }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count || idf(b.word) - idf(a.word) || (a.word < b.word ? -1 : 1))
    .slice(0, maxWords)
    .map(({ word }) => word)
}

describe('the words of a label', () => {
  test('stand in the order of how much of the target they cover', () => {
    // automobile: car, cars, automobile; garden: garden, Garden; ate: eats
    const entries = ['The automobile and the zebra', 'ate in a garden, a garden, a garden']
    expect(label(entries, 'A car, two cars, an automobile; garden. Garden! She eats.')).toEqual([
      'automobile',
      'garden',
      'ate',
    ])
  })

  test('count each word of the target once, though they match it in several ways and stand in the entries often', () => {
    const entries = ['dog dog dog puppy', 'dog cat']
    expect(label(entries, 'dog cat cat', { vectors })).toEqual(['cat', 'dog'])
  })

  test('are forms of one word as well as its synonyms', () => {
    expect(label(['mice ran'], 'A mouse is running')).toEqual(['mice', 'ran'])
  })

  test('with the same count go by IDF, then by code units', () => {
    const idfs: Record<string, number> = { apple: 3, zebra: 5 }
    const idf = (word: string) => idfs[word] ?? 2
    expect(label(['éclair book zebra apple'], 'apple book zebra éclair', { idf })).toEqual([
      'zebra',
      'apple',
      'book',
      'éclair',
    ])
  })

  test('are at most as many as are asked for', () => {
    expect(label(['apple book zebra'], 'zebra book apple', { maxWords: 2 })).toEqual(['apple', 'book'])
  })

  test('are no stop words and have an IDF of 1.5, on both sides', () => {
    const idfs: Record<string, number> = { car: 1.49, garden: 1.5 }
    const idf = (word: string) => idfs[word] ?? 2
    expect(label(['the car 2024 garden'], 'the car 2024 garden', { idf })).toEqual(['garden'])
    expect(label(['automobile'], 'car', { idf })).toEqual([])
    expect(label(['car'], 'automobile', { idf })).toEqual([])
  })

  test('may lie near a word of the target, at most 4 away', () => {
    expect(label(['roof paint harbour'], 'engine', { vectors })).toEqual(['roof'])
    expect(label(['roof paint harbour'], 'engine')).toEqual([])
    expect(label(['engine'], 'the', { vectors })).toEqual([])
  })

  test.each([
    ['no entries', [], 'car'],
    ['empty entries', ['', ' '], 'car'],
    ['an empty target', ['car'], ''],
    ['nothing in common', ['zebra'], 'car'],
  ])('are none for %s', (_, entries, target) => {
    expect(label(entries, target)).toEqual([])
  })
})

describe('for any texts', () => {
  const vocabulary = [
    ...['car', 'cars', 'automobile', 'auto', 'vehicle', 'dog', 'dogs', 'go', 'went', 'better', 'good', 'well', 'run'],
    ...['running', 'ran', 'engine', 'roof', 'paint', 'harbour', 'harbor', 'xyzzy', 'the', 'and', "don't", '12', 'ÉTÉ'],
    ...['constructor', '__proto__', 'Begin', 'starts', 'photo', 'picture'],
  ]
  const text = fc
    .array(fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...vocabulary) }, fc.string({ unit: 'grapheme' })), {
      maxLength: 30,
    })
    .map((chosen) => chosen.join(' '))
  const sources = fc.record({
    entries: fc.array(text, { maxLength: 4 }),
    target: text,
    idf: fc.func(fc.constantFrom(0.5, 1.4999, 1.5, 2, 3)),
    synonyms: fc.constant(synonyms),
    vectors: fc.constantFrom(vectors, null),
    maxWords: fc.integer({ min: 1, max: 12 }),
  })

  test('the label is the one that METHOD defines', () => {
    fc.assert(
      fc.property(sources, (each) => {
        expect(keyElementLabel(each)).toEqual(labelByDefinition(each))
      }),
      { numRuns: 500 },
    )
  })

  test('its words are words of the entries, each once', () => {
    fc.assert(
      fc.property(sources, (each) => {
        const found = keyElementLabel(each)
        expect(new Set(each.entries.flatMap(words))).toEqual(new Set([...each.entries.flatMap(words), ...found]))
        expect(new Set(found).size).toBe(found.length)
        expect(found.length).toBeLessThanOrEqual(each.maxWords)
      }),
    )
  })

  test('the order of the entries does not matter', () => {
    fc.assert(
      fc.property(sources, (each) => {
        expect(keyElementLabel({ ...each, entries: each.entries.toReversed() })).toEqual(keyElementLabel(each))
      }),
    )
  })
})
