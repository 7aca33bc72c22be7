import { words } from '@idiolect/text/words'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { areNearCopies, shinglesOf } from './shingles.ts'

describe('shingles', () => {
  it.each([
    ['One two, three FOUR.', ['one two three', 'two three four']],
    ['a b c a b c', ['a b c', 'b c a', 'c a b']],
    ['only two', ['only two']],
    ['😀 😀', ['😀 😀']],
  ])('of %j are its runs of three words, each once', (text, expected) => {
    expect([...shinglesOf(text, words(text))]).toEqual(expected)
  })
})

describe('near-copies', () => {
  it('share nine tenths of the shingles of both', () => {
    const set = fc.uniqueArray(fc.nat(40).map(String), { minLength: 1 })
    fc.assert(
      fc.property(set, fc.nat(3), set, (shared, alone, others) => {
        const a = new Set([...shared, ...others.slice(0, alone)])
        const b = new Set(shared)
        const both = [...a].filter((shingle) => b.has(shingle)).length
        const similarity = both / new Set([...a, ...b]).size
        expect(areNearCopies(a, b)).toBe(similarity >= 0.9)
        expect(areNearCopies(b, a)).toBe(similarity >= 0.9)
      }),
    )
  })

  it('are those at exactly nine tenths as well', () => {
    const numbers = (from: number, to: number) =>
      new Set(Array.from({ length: to - from }, (_, index) => String(from + index)))
    expect(areNearCopies(numbers(0, 19), numbers(1, 20))).toBe(true)
    expect(areNearCopies(numbers(0, 18), numbers(1, 19))).toBe(false)
  })
})
