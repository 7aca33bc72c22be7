import { beforeAll, describe, expect, test } from 'vitest'

import { fitSelector } from './fit-selector.ts'
import { labelledSnippets, labelledWords } from './labelled-target.ts'
import { type Selector, selectorOf } from './selector.ts'
import { summaryChoices } from './summary-choices.ts'
import { synthesisChoices } from './synthesis-choices.ts'
import { rareWords, summaryRow, synthesisRow } from './training-rows-for-tests.ts'

const trainedOn = { seed: 17, split: { train: 0.85, validation: 0.05, test: 0.1 } }
const rows = Array.from({ length: 60 }, (_, index) => ({ userId: `u${index % 6}`, target: index }))

let summarizer: Selector
let synthesizer: Selector

beforeAll(async () => {
  const snippets = rows.map((row) => labelledSnippets(summaryRow(row)))
  const words = rows.map((row) => labelledWords(synthesisRow(row), rareWords))
  summarizer = selectorOf(await fitSelector(snippets, { kind: 'summarizer', trainedOn }))!
  synthesizer = selectorOf(await fitSelector(words, { kind: 'synthesizer', trainedOn }))!
})

describe('what is chosen for a summary', () => {
  const row = {
    ...summaryRow({ userId: 'u', target: 0 }),
    entries: [
      { docId: 'd0', score: 1, text: 'One sentence here.  And\na second one there.' },
      { docId: 'd1', score: 0.5, text: 'Quite another matter.' },
    ],
    snippets: [
      { entry: 0, start: 0, end: 18, contextSimilarity: 0.1, centrality: 0, recency: 0 },
      { entry: 0, start: 20, end: 43, contextSimilarity: 0.2, centrality: 0, recency: 0 },
      { entry: 1, start: 0, end: 21, contextSimilarity: 0.9, centrality: 0, recency: 1 },
    ],
    chosen: [2, 1],
    summary: 'One sentence here. And a second one there.',
  }

  test('by SumCtxInd are the snippets that hold one of its sentences, white space apart', () => {
    const { methods } = summaryChoices(row, { selector: summarizer, maxChars: 500 })
    expect(methods.contextIndependent).toEqual({
      chosen: 2,
      right: 1,
      labelled: 2,
      characters: { chosen: 42, right: 23, labelled: 44 },
    })
  })

  test('by similarity and by chance is as many as the trained selector chooses', () => {
    const { methods } = summaryChoices(row, { selector: summarizer, maxChars: 25 })
    expect(methods.trained?.chosen).toBe(1)
    expect(methods.contextSimilarity).toMatchObject({ chosen: 1, right: 1 })
    expect(methods.chance).toEqual({ chosen: 1, right: 2 / 3, labelled: 2 })
    expect(methods.chanceUncapped?.chosen).toBe(methods.trainedUncapped?.chosen)
  })

  test('is not compared with SumCtxInd where the rows hold something else', () => {
    const { methods } = summaryChoices({ ...row, summarySource: 'label' }, { selector: summarizer, maxChars: 500 })
    expect(methods).not.toHaveProperty('contextIndependent')
  })
})

test('what is chosen of words is counted against the label', () => {
  const row = synthesisRow({ userId: 'u', target: 5 })
  const options = { selector: synthesizer, frequencies: rareWords, maxWords: 2 }
  const { methods, labels, probabilities } = synthesisChoices(row, options)
  expect(labels.reduce((sum, label) => sum + label, 0)).toBe(row.chosen.length)
  expect(probabilities).toHaveLength(labels.length)
  expect(methods.trained).toEqual({ chosen: 2, right: 2, labelled: row.chosen.length })
  expect(methods.contextIndependent).toEqual({ chosen: 2, right: 0, labelled: row.chosen.length })
})
