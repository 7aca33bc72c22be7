import fc from 'fast-check'
import { expect, test } from 'vitest'

import { isAtLeast } from './version.ts'

test('versions are ordered by their numbers, not by their letters', () => {
  expect(isAtLeast('7.0.15', '6.2')).toBe(true)
  expect(isAtLeast('10.0.0', '6.2')).toBe(true)
  expect(isAtLeast('6.2', '6.2.0')).toBe(true)
  expect(isAtLeast('6.0.16', '6.2')).toBe(false)
  expect(isAtLeast('7.0.9', '7.0.15')).toBe(false)
})

test('of two different versions exactly one is at least the other', () => {
  const version = fc.tuple(fc.nat(30), fc.nat(30), fc.nat(30)).map((parts) => parts.join('.'))
  fc.assert(
    fc.property(version, version, (one, other) => {
      expect(isAtLeast(one, other) && isAtLeast(other, one)).toBe(one === other)
      expect(isAtLeast(one, other) || isAtLeast(other, one)).toBe(true)
    }),
  )
})
