import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { maxSentenceChars, sentences } from './sentences.ts'

function sentenceTexts(text: string): string[] {
  return sentences(text).map(([start, end]) => text.slice(start, end))
}

describe('sentences', () => {
  test('end at full stops, question marks and exclamation marks, white space included', () => {
    expect(sentenceTexts('One. Two?  Three! four')).toEqual(['One. ', 'Two?  ', 'Three! ', 'four'])
  })

  test('go on after abbreviations and initials', () => {
    expect(sentenceTexts('Mr. Smith of the U.S. Navy met J. R. Tolkien, e.g. at 5 p.m. in May. They left.')).toEqual([
      'Mr. Smith of the U.S. Navy met J. R. Tolkien, e.g. at 5 p.m. in May. ',
      'They left.',
    ])
  })

  test('end in I', () => {
    expect(sentenceTexts('So did I. Then we left.')).toEqual(['So did I. ', 'Then we left.'])
  })

  test('end at line breaks, as after titles and list items', () => {
    expect(sentenceTexts('A title\nThe body\n\n- an item\n')).toEqual(['A title\n', 'The body\n\n', '- an item\n'])
  })

  test('go on over the line breaks of wrapped mail', () => {
    const wrapped =
      'The meeting that we had planned for the first week of June\nMonday at noon is off, since nobody\n  can come. See you.'
    expect(sentenceTexts(wrapped)).toEqual([wrapped.slice(0, wrapped.indexOf('See')), 'See you.'])
  })

  test('of Chinese, Arabic and Hindi end at their own marks', () => {
    expect(sentenceTexts('这是一句话。这是另一句！')).toHaveLength(2)
    expect(sentenceTexts('هل هذا سؤال؟ نعم.')).toHaveLength(2)
    expect(sentenceTexts('यह एक वाक्य है। दूसरा।')).toHaveLength(2)
  })

  test('cover any text in order, none longer than the bound', () => {
    const part = fc.constantFrom(
      'a',
      'Bee ',
      '. ',
      'Mr. ',
      '\n',
      '\n\n',
      '!',
      '😀',
      '漢。',
      '\r\n',
      '\t',
      'x'.repeat(700),
      'Z. '.repeat(900),
    )
    fc.assert(
      fc.property(
        fc.array(fc.oneof(part, fc.string({ unit: 'binary' })), { maxLength: 20 }).map((parts) => parts.join('')),
        (text) => {
          const spans = sentences(text)
          expect(spans.map(([start, end]) => text.slice(start, end)).join('')).toBe(text)
          spans.forEach(([start, end], index) => {
            expect(start).toBe(spans[index - 1]?.[1] ?? 0)
            expect(end).toBeGreaterThan(start)
            expect(end - start).toBeLessThanOrEqual(maxSentenceChars)
          })
        },
      ),
      { numRuns: 50 },
    )
  })

  test('longer than a piece of the segmenter are found where they end', () => {
    const first = `A ${'word, '.repeat(150)}end. `
    const text = first.repeat(20)
    expect(sentenceTexts(text)).toEqual(Array.from({ length: 20 }, () => first))
  })

  test('are cut at white space where text has no sentence ends, never inside a surrogate pair', () => {
    for (const [start, end] of sentences('word '.repeat(1000))) expect((end - start) % 5).toBe(0)
    for (const sentence of sentenceTexts(`a${'😀'.repeat(2000)}`)) expect(sentence.isWellFormed()).toBe(true)
  })
})
