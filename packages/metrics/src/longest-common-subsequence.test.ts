import fc from 'fast-check'
import { expect, test } from 'vitest'

import { lcsLength } from './longest-common-subsequence.ts'
import { tokenIds } from './token-ids.ts'

/** The textbook recurrence, one row at a time. */
function naiveLcsLength(a: string[], b: string[]): number {
  let above = b.map(() => 0)
  for (const token of a) {
    const row: number[] = []
    b.forEach((other, at) => {
      const diagonal = (at === 0 ? 0 : above[at - 1]!) + 1
      row.push(token === other ? diagonal : Math.max(above[at]!, at === 0 ? 0 : row[at - 1]!))
    })
    above = row
  }
  return above.at(-1) ?? 0
}

const tokens = (letters: string, maxLength: number) => fc.array(fc.constantFrom(...letters), { maxLength, size: 'max' })

test.each([['ab'], ['abcdefgh'], ['abcdefghijklmnopqrstuvwxyz']])(
  'agrees with the textbook recurrence over %s',
  (letters) => {
    fc.assert(
      fc.property(tokens(letters, 200), tokens(letters, 200), (a, b) => {
        expect(lcsLength(tokenIds(a, b))).toBe(naiveLcsLength(a, b))
      }),
    )
  },
)

test('is the number of kept tokens when one text is the other with tokens left out', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.string(), fc.boolean()), { maxLength: 300, size: 'max' }), (marked) => {
      const all = marked.map(([token]) => token)
      const kept = marked.filter(([, keep]) => keep).map(([token]) => token)
      expect(lcsLength(tokenIds(all, kept))).toBe(kept.length)
    }),
  )
})

test('takes texts of 50,000 tokens without a table of their product', () => {
  const long = Array.from({ length: 50_000 }, (_, at) => `t${at % 977}`)
  expect(lcsLength(tokenIds(long, long))).toBe(50_000)
})
