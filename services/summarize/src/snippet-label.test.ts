import fc from 'fast-check'
import { expect, test } from 'vitest'

import { snippetLabel } from './snippet-label.ts'

test('each snippet of the text takes the most similar one that is left, in the order of the text', () => {
  const similarities = [
    [0.2, 0.9, 0.4],
    [0.1, 0.8, 0.3],
    [0.7, 0.9, 0.9],
  ]
  expect(snippetLabel(similarities)).toEqual([1, 2, 0])
})

test('it ends when either side is used up', () => {
  expect(snippetLabel([[0.1, 0.2, 0.3]])).toEqual([2])
  expect(snippetLabel([[0.5], [0.9]])).toEqual([0])
  expect(snippetLabel([[], []])).toEqual([])
  expect(snippetLabel([])).toEqual([])
})

test('equally similar snippets are taken in their own order', () => {
  expect(
    snippetLabel([
      [0.5, 0.5],
      [0.5, 0.5],
    ]),
  ).toEqual([0, 1])
})

const tables = fc.tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 6 })).chain(([rows, columns]) =>
  fc.array(fc.array(fc.integer({ min: -5, max: 5 }), { minLength: columns, maxLength: columns }), {
    minLength: rows,
    maxLength: rows,
  }),
)

test('it is a one-to-one match in which no snippet passes over a better one that was left', () => {
  fc.assert(
    fc.property(tables, (similarities) => {
      const label = snippetLabel(similarities)
      const columns = similarities[0]?.length ?? 0
      expect(label).toHaveLength(Math.min(similarities.length, columns))
      expect(new Set(label).size).toBe(label.length)
      label.forEach((chosen, row) => {
        const left = Array.from({ length: columns }, (_, column) => column).filter(
          (column) => !label.slice(0, row).includes(column),
        )
        expect(similarities[row]![chosen]).toBe(Math.max(...left.map((column) => similarities[row]![column]!)))
      })
    }),
  )
})
