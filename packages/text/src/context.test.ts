import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { immediateContext } from './context.ts'
import { documentText } from './document-text.ts'

describe('the immediate context', () => {
  test('is the first characters of title, newline and body, unchanged', () => {
    expect(immediateContext({ title: 'Hi', text: ' there you' }, 7)).toBe('Hi\n the')
  })

  test('begins with the body where the title is empty', () => {
    expect(immediateContext({ title: '', text: 'body' }, 150)).toBe('body')
  })

  test('is the start of the document, well formed, and at most one unit shorter than asked for', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.string({ unit: 'grapheme' }),
        fc.nat(20),
        (title, text, chars) => {
          const whole = documentText({ title, text })
          const context = immediateContext({ title, text }, chars)
          expect(whole.startsWith(context)).toBe(true)
          expect(context.isWellFormed()).toBe(true)
          expect(context.length).toBeLessThanOrEqual(chars)
          expect(context.length).toBeGreaterThanOrEqual(Math.min(whole.length, chars - 1))
        },
      ),
    )
  })
})
