import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'

import { chooseSnippets, snippetProbabilities } from './choose-snippets.ts'
import { chooseWords, wordProbabilities } from './choose-words.ts'
import { fitSelector } from './fit-selector.ts'
import { labelledSnippets, labelledWords } from './labelled-target.ts'
import { type Selector, selectorOf } from './selector.ts'
import { rareWords, summaryRow, synthesisRow } from './training-rows-for-tests.ts'
import { wordCandidates } from './word-candidates.ts'

const trainedOn = { seed: 17, split: { train: 0.85, validation: 0.05, test: 0.1 } }
const rows = Array.from({ length: 120 }, (_, index) => ({ userId: `u${index % 12}`, target: index }))

let summarizer: Selector
let synthesizer: Selector

beforeAll(async () => {
  const snippets = rows.map((row) => labelledSnippets(summaryRow(row)))
  const words = rows.map((row) => labelledWords(synthesisRow(row), rareWords))
  summarizer = selectorOf(await fitSelector(snippets, { kind: 'summarizer', trainedOn }))!
  synthesizer = selectorOf(await fitSelector(words, { kind: 'synthesizer', trainedOn }))!
})

function snippetTarget(target: number) {
  const row = summaryRow({ userId: 'held out', target })
  return { ...row, entrySnippets: row.snippets }
}

describe('choosing snippets', () => {
  test('finds the labels of users that were not learned from, best first', () => {
    for (let target = 0; target < 20; target += 1) {
      const { chosen, ...row } = snippetTarget(target)
      const found = snippetProbabilities(summarizer, row)
      const choice = chooseSnippets(summarizer, row, 10_000)
      // One is chosen even where the label is empty.
      if (chosen.length > 0) expect([...choice].sort()).toEqual(chosen)
      expect(choice.map((index) => found[index])).toEqual(choice.map((index) => found[index]).sort((a, b) => b! - a!))
    }
  })

  test('keeps to the limit, joined by a character each, and chooses one if any fits', () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.integer({ min: 1, max: 300 }), (target, maxChars) => {
        const row = snippetTarget(target)
        const lengths = row.snippets.map(({ start, end }) => end - start)
        const choice = chooseSnippets(summarizer, row, maxChars)
        const chars = choice.reduce((sum, index) => sum + lengths[index]! + 1, -1)
        expect(chars).toBeLessThanOrEqual(maxChars)
        expect(choice.length > 0).toBe(lengths.some((length) => length <= maxChars))
        expect(new Set(choice).size).toBe(choice.length)
      }),
      { numRuns: 50 },
    )
  })

  test('does not depend on the order in which the snippets are given', () => {
    const order = fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: 6 })
    fc.assert(
      fc.property(fc.nat(1000), order, (target, places) => {
        const row = snippetTarget(target)
        const shuffled = places.map((place) => row.snippets[place]!)
        const choice = chooseSnippets(summarizer, { ...row, entrySnippets: shuffled }, 150)
        expect(choice.map((index) => places[index])).toEqual(chooseSnippets(summarizer, row, 150))
      }),
      { numRuns: 50 },
    )
  })

  test('chooses nothing where there is nothing', () => {
    expect(chooseSnippets(summarizer, { context: 'x_t', entries: [], entrySnippets: [] }, 500)).toEqual([])
  })
})

describe('choosing words', () => {
  test('finds the labels of users that were not learned from', () => {
    for (let target = 0; target < 20; target += 1) {
      const row = synthesisRow({ userId: 'held out', target })
      const choice = chooseWords(synthesizer, row, { frequencies: rareWords, maxWords: 20 })
      expect([...choice].sort()).toEqual([...row.chosen].sort())
    }
  })

  test('keeps to the number, to probabilities and to words of the entries, for any texts', () => {
    const word = fc.constantFrom('garden', 'the', 'Water', 'and', '42', 'roses', '😀', "don't", 'naïve', 'LETTER', '我')
    const text = fc.array(word, { minLength: 1, maxLength: 12 }).map((found) => found.join(' '))
    const target = fc.record({
      context: text,
      entries: fc.array(
        text.map((entry) => ({ docId: 'd', score: 0, text: entry })),
        { maxLength: 4 },
      ),
    })
    fc.assert(
      fc.property(target, fc.integer({ min: 1, max: 3 }), (row, maxWords) => {
        const { words, probabilities } = wordProbabilities(synthesizer, row, rareWords)
        const choice = chooseWords(synthesizer, row, { frequencies: rareWords, maxWords })
        expect(choice.length).toBeLessThanOrEqual(maxWords)
        expect(words).toEqual([...new Set(words)])
        const texts = row.entries.map((entry) => entry.text.toLowerCase()).join(' ')
        for (const found of words) expect(texts).toContain(found)
        for (const found of choice) expect(words).toContain(found)
        for (const stopWord of ['the', 'and', '42', "don't"]) expect(words).not.toContain(stopWord)
        for (const probability of probabilities) expect(probability > 0 && probability < 1).toBe(true)
      }),
    )
  })

  test('leaves out words with an IDF below 1.5', () => {
    // ln(100 / 22) = 1.514, ln(100 / 23) = 1.470
    const frequencies = { documents: 100, df: (word: string) => (word === 'garden' ? 23 : 22) }
    const entries = [{ docId: 'd', score: 0, text: 'Garden and water' }]
    expect(wordCandidates({ context: '', entries }, frequencies).words).toEqual(['water'])
  })
})
