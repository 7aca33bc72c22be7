import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { rouge } from './rouge.ts'
import { scorePair } from './score-pair.ts'
import { tokenize13a } from './tokenize-13a.ts'

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc
    .array(fc.constantFrom('the', 'cat', 'sat', 'on', 'a', 'mat', '.', ',', '1,000.5'), { maxLength: 40 })
    .map((words) => words.join(' ')),
)

describe('the scores of a pair', () => {
  test('lie between 0 and 100 for BLEU and between 0 and 1 for the rest', () => {
    fc.assert(
      fc.property(text, text, fc.boolean(), (output, reference, stem) => {
        const { bleuSentence, ...rest } = scorePair(output, reference, { stem }).metrics
        for (const value of [bleuSentence / 100, ...Object.values(rest)]) {
          expect(value).toBeGreaterThanOrEqual(0)
          // exp and log of equal n-gram counts may end one rounding above 1
          expect(value).toBeLessThanOrEqual(1 + 1e-12)
        }
      }),
    )
  })

  test('are 100 and 1 for a text against itself', () => {
    fc.assert(
      fc.property(text, (same) => {
        fc.pre(/[a-z0-9]/i.test(same))
        const { bleuSentence, rouge1, rougeL } = scorePair(same, same).metrics
        expect(bleuSentence).toBeCloseTo(100, 9)
        expect([rouge1, rougeL]).toEqual([1, 1])
      }),
    )
  })

  test('are 0 for texts without a word in common', () => {
    const { bleuSentence, rouge1, rouge2, rougeL } = scorePair('one two three', 'four five six').metrics
    expect([bleuSentence, rouge1, rouge2, rougeL]).toEqual([0, 0, 0, 0])
  })
})

test('swapping output and reference swaps precision and recall of ROUGE and keeps f1', () => {
  fc.assert(
    fc.property(text, text, (output, reference) => {
      const there = rouge(output, reference)
      const back = rouge(reference, output)
      for (const kind of ['rouge1', 'rouge2', 'rougeL'] as const) {
        const { precision, recall, f1 } = there[kind]
        expect(back[kind]).toEqual({ precision: recall, recall: precision, f1 })
      }
    }),
  )
})

test('a million spaces inside of a text are one gap to 13a', () => {
  expect(tokenize13a(`a${' '.repeat(1_000_000)}b${'\n'.repeat(1_000_000)}`)).toEqual(['a', 'b'])
})

test('13a tokens hold no white space and lose no character but white space', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme-ascii', maxLength: 80 }), (ascii) => {
      fc.pre(!/&(?:quot|amp|lt|gt);|<skipped>/.test(ascii))
      expect(tokenize13a(ascii).join('')).toBe(ascii.replaceAll(' ', ''))
    }),
  )
})
