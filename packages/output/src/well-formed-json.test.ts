import fc from 'fast-check'
import { expect, test } from 'vitest'

import { wellFormedJson } from './well-formed-json.ts'

const unit = fc.constantFrom('\ud83d', '\ude00', '\\', 'u', 'd', '8', '\0', '"', '\n', '\u2028', 'x', '\\ud800')
const text = fc.array(unit, { maxLength: 12 }).map((units) => units.join(''))

test('half a surrogate pair becomes U+FFFD, and nothing else changes', () => {
  fc.assert(
    fc.property(text, text, (name, value) => {
      const written = JSON.parse(wellFormedJson({ [name]: [value] }))
      expect(written).toEqual({ [name.toWellFormed()]: [value.toWellFormed()] })
    }),
  )
})

test('it is one line', () => {
  expect(wellFormedJson('a\nb\r\u2028')).not.toMatch(/[\n\r]/)
})
