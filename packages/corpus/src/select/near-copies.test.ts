import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { createNearCopyIndex, similarity, sketchText } from './near-copies.ts'

const wordsOf = (key: string, count: number) => Array.from({ length: count }, (_, index) => `${key}${index}`)

/** Jaccard of three-word shingles by definition, for texts of different words. */
function jaccard(a: readonly string[], b: readonly string[]): number {
  const shingles = (words: readonly string[]) =>
    new Set(words.slice(2).map((_, index) => words.slice(index, index + 3).join(' ')))
  const [setA, setB] = [shingles(a), shingles(b)]
  const shared = [...setA].filter((shingle) => setB.has(shingle)).length
  return shared / (setA.size + setB.size - shared)
}

describe('similarity', () => {
  it('is the Jaccard similarity of three-word shingles for texts of up to 512 of them', () => {
    const lists = fc.array(fc.constantFrom(...wordsOf('w', 12)), { minLength: 3, maxLength: 60 })
    fc.assert(
      fc.property(lists, lists, (a, b) => {
        expect(similarity(sketchText(a.join(' ')), sketchText(b.join(' ')))).toBeCloseTo(jaccard(a, b), 10)
      }),
    )
  })

  it('is close to it for longer ones', () => {
    const words = wordsOf('w', 20_000)
    const changed = words.map((word, index) => (index % 20 === 0 ? `x${word}` : word))
    const estimate = similarity(sketchText(words.join(' ')), sketchText(changed.join(' ')))
    // Three standard errors of a proportion over 512 hashes.
    expect(Math.abs(estimate - jaccard(words, changed))).toBeLessThan(3 * Math.sqrt(0.25 / 512))
  })

  it.each([
    ['Case, and punctuation!', 'case and   PUNCTUATION'],
    ['two words', 'Two. Words.'],
    ['😀 😀', '😀 😀'],
  ])('takes %j and %j for the same', (a, b) => {
    expect(similarity(sketchText(a), sketchText(b))).toBe(1)
  })

  it('tells texts without words apart', () => {
    expect(similarity(sketchText('😀'), sketchText('😃'))).toBe(0)
  })
})

describe('the index', () => {
  const text = wordsOf('word', 200)
  const edited = [...text.slice(0, 190), 'a', 'few', 'others'].join(' ')

  it('finds a near-copy, and not a text that shares less', () => {
    const index = createNearCopyIndex()
    index.add(0, sketchText(wordsOf('other', 200).join(' ')))
    index.add(1, sketchText(text.join(' ')))
    expect(index.has(sketchText(edited))).toBe(true)
    expect(index.has(sketchText([...text.slice(0, 140), ...wordsOf('new', 60)].join(' ')))).toBe(false)
  })

  it('forgets what is before the window', () => {
    const index = createNearCopyIndex()
    index.add(3, sketchText(text.join(' ')))
    index.add(4, sketchText(text.join(' ')))
    index.forgetBefore(4)
    expect(index.has(sketchText(edited))).toBe(true)
    index.forgetBefore(5)
    expect(index.has(sketchText(edited))).toBe(false)
  })
})
