import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { maxSentenceChars, sentences } from './sentences.ts'
import { snippets } from './snippets.ts'

describe('snippets', () => {
  test('take whole sentences until the limit is reached; the one that crosses it belongs to the snippet', () => {
    const text = 'One two. Three four. Five. End.'
    expect(snippets(text, 10).map(([start, end]) => text.slice(start, end))).toEqual([
      'One two. Three four. ',
      'Five. End.',
    ])
  })

  test('cover any text in order, begin and end with sentences, and each but the last reaches the limit', () => {
    const part = fc.constantFrom('Word. ', 'two words, ', 'Mr. X! ', '\n', '😀', '漢字。', 'y'.repeat(300))
    fc.assert(
      fc.property(
        fc.array(part, { maxLength: 40 }).map((parts) => parts.join('')),
        fc.integer({ min: 1, max: 400 }),
        (text, minChars) => {
          const spans = snippets(text, minChars)
          if (text.trim() === '') {
            expect(spans).toEqual([])
            return
          }
          const ends = new Set(sentences(text).map(([, end]) => end))
          spans.forEach(([start, end], index) => {
            expect(start).toBe(spans[index - 1]?.[1] ?? 0)
            expect(ends.has(end)).toBe(true)
            expect(end - start).toBeLessThan(minChars + maxSentenceChars)
            if (index < spans.length - 1) expect(end - start).toBeGreaterThanOrEqual(minChars)
            const sentenceBefore = Math.max(start, ...[...ends].filter((other) => other < end))
            expect(sentenceBefore - start).toBeLessThan(minChars)
          })
          expect(spans.at(-1)?.[1]).toBe(text.length)
        },
      ),
    )
  })

  test.each([
    ['a', 5_000_000],
    ['\n', 5_000_000],
    ['. ', 5_000_000],
    ['😀', 2_500_000],
    ['a\n', 500_000],
    ['A b. ', 100_000],
  ])('of %j, %i times, are bounded', (part, times) => {
    const text = part.repeat(times)
    const spans = snippets(text)
    expect(Math.max(0, ...spans.map(([start, end]) => end - start))).toBeLessThanOrEqual(250 + maxSentenceChars)
    expect(spans.at(-1)?.[1] ?? text.length).toBe(text.length)
  })
})
