import fc from 'fast-check'
import { expect, test } from 'vitest'

import { html } from './html.ts'

test('no value can open or close a tag, an attribute or an entity', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('<', '>', '"', "'", '&', 'a', ';', '`') }), (value) => {
      const { markup } = html`${value}`
      expect(markup).not.toMatch(/[<>"']/)
      expect(markup.replaceAll(/&(amp|lt|gt|quot|#39);/g, '')).not.toContain('&')
    }),
  )
})

test('markup stands in markup as it is, lists are joined and null is nothing', () => {
  const items = ['a', '<'].map((item) => html`<li>${item}</li>`)
  expect(html`<ul>${items}</ul>${null}${7}`.markup).toBe('<ul><li>a</li><li>&lt;</li></ul>7')
})
