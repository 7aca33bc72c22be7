import type { Author, Document } from '@idiolect/contracts/records'
import fc from 'fast-check'
import { expect, it } from 'vitest'

import { createAuthorPieces } from './author-pieces.ts'

/** Documents in the order of time, with whether each is a target. */
const plans = fc
  .array(
    fc.record({ gap: fc.integer({ min: 0, max: 2 }), isTarget: fc.boolean(), chars: fc.constantFrom(1, 10, 900_000) }),
    {
      maxLength: 40,
    },
  )
  .map((steps) => {
    let timestamp = 0
    return steps.map(({ gap, isTarget, chars }, index) => {
      timestamp += gap
      const document: Document = { docId: String(index), timestamp, title: '', text: 'x'.repeat(chars) }
      return { document, isTarget }
    })
  })

function cut(plan: { document: Document; isTarget: boolean }[], maxDocuments: number): Author[] {
  const pieces = createAuthorPieces('u', maxDocuments)
  const authors: Author[] = []
  let ordinal = 0
  for (const { document, isTarget } of plan) {
    authors.push(...pieces.addDocument(document))
    if (!isTarget) continue
    const target = { ordinal, id: document.docId, userId: 'u', timestamp: document.timestamp, method: 'm', context: '' }
    authors.push(...pieces.addTarget(target, document.timestamp))
    ordinal += 1
  }
  return [...authors, ...pieces.end()]
}

it('gives each target the last documents strictly before it, however the author is cut', () => {
  fc.assert(
    fc.property(plans, fc.integer({ min: 1, max: 6 }), (plan, maxDocuments) => {
      const found = cut(plan, maxDocuments).flatMap(({ documents, targets }) =>
        targets.map((target) => [target.ordinal, documents.slice(...target.history).map(({ docId }) => docId)]),
      )
      const expected = plan
        .filter(({ isTarget }) => isTarget)
        .map(({ document }, ordinal) => {
          const earlier = plan.filter((other) => other.document.timestamp < document.timestamp)
          return [ordinal, earlier.slice(-maxDocuments).map((other) => other.document.docId)]
        })
      expect(found).toEqual(expected)
    }),
  )
})

it('holds no document that none of its targets looks back on at either end', () => {
  fc.assert(
    fc.property(plans, (plan) => {
      for (const { documents, targets } of cut(plan, 3)) {
        expect(Math.min(...targets.map(({ history }) => history[0]))).toBe(0)
        expect(Math.max(...targets.map(({ history }) => history[1]))).toBe(documents.length)
      }
    }),
  )
})
