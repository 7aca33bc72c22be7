import fc from 'fast-check'
import { expect, test } from 'vitest'

import { discourageRepetition } from './repetition.ts'
import { mostProbable } from './sampling.ts'

const vocabularySize = 12
const logitLists = fc.array(fc.float({ min: -5, max: 5, noNaN: true }), {
  minLength: vocabularySize,
  maxLength: vocabularySize,
})

test('a run of tokens is not written a second time, whatever the model prefers', () => {
  fc.assert(
    fc.property(fc.array(logitLists, { minLength: 20, maxLength: 60 }), (steps) => {
      const text: number[] = []
      for (const list of steps) {
        const logits = Float32Array.from(list)
        discourageRepetition(logits, text, { penalty: 1, runTokens: 3 })
        const id = mostProbable(logits)
        if (logits[id] === Number.NEGATIVE_INFINITY) return
        text.push(id)
      }
      const runs = text.slice(2).map((_, start) => text.slice(start, start + 3).join(' '))
      expect(new Set(runs).size).toBe(runs.length)
    }),
  )
})

test('the penalty makes tokens of the text less likely by the same factor, however often they stand there', () => {
  const logits = Float32Array.from([2, -2, 2, -2])
  discourageRepetition(logits, [0, 1, 0], { penalty: 2, runTokens: 0 })
  expect([...logits]).toEqual([1, -4, 2, -2])
})

test('without rules the logits stay as they are', () => {
  fc.assert(
    fc.property(logitLists, fc.array(fc.nat(vocabularySize - 1)), (list, text) => {
      const logits = Float32Array.from(list)
      discourageRepetition(logits, text, { penalty: 1, runTokens: 0 })
      expect([...logits]).toEqual([...Float32Array.from(list)])
    }),
  )
})
