import type { Author, Document } from '@idiolect/contracts/records'
import fc from 'fast-check'
import { expect, it } from 'vitest'

import { createAuthorPieces } from './author-pieces.ts'

interface Step {
  document: Document
  isTarget: boolean
}

/** Documents in the order of time, with whether each is a target. */
const plans = fc
  .array(
    fc.record({ gap: fc.integer({ min: 0, max: 2 }), isTarget: fc.boolean(), chars: fc.constantFrom(1, 10, 900_000) }),
    { maxLength: 40 },
  )
  .map((steps) => {
    let timestamp = 0
    return steps.map(({ gap, isTarget, chars }, index): Step => {
      timestamp += gap
      return { document: { docId: String(index), timestamp, title: '', text: 'x'.repeat(chars) }, isTarget }
    })
  })

function cut(plan: readonly Step[], { maxDocuments, own = false }: { maxDocuments: number; own?: boolean }): Author[] {
  const pieces = createAuthorPieces('u', { maxDocuments, maxChars: 1_000_000 })
  const authors: Author[] = []
  let ordinal = 0
  for (const { document, isTarget } of plan) {
    pieces.addDocument(document, document.text.length)
    if (!isTarget) continue
    const { docId, timestamp, text: reference } = document
    const target = { ordinal, id: docId, userId: 'u', timestamp, method: 'm', context: '', reference }
    authors.push(...pieces.addTarget(target, { own }))
    ordinal += 1
  }
  return [...authors, ...pieces.end()]
}

it('gives each target the last documents strictly before it that have room, however the author is cut', () => {
  fc.assert(
    fc.property(plans, fc.integer({ min: 1, max: 6 }), fc.boolean(), (plan, maxDocuments, own) => {
      const found = cut(plan, { maxDocuments, own }).flatMap(({ documents, targets }) =>
        targets.map((target) => [target.ordinal, documents.slice(...target.history).map(({ docId }) => docId)]),
      )
      const expected = plan
        .filter(({ isTarget }) => isTarget)
        .map(({ document }, ordinal) => {
          const earlier = plan.filter((other) => other.document.timestamp < document.timestamp)
          const recent = earlier.slice(-maxDocuments)
          const charsFrom = (from: number) =>
            recent.slice(from).reduce((sum, other) => sum + other.document.text.length, 0)
          while (recent.length > 1 && charsFrom(0) > 1_000_000) recent.shift()
          return [ordinal, recent.map((other) => other.document.docId)]
        })
      expect(found).toEqual(expected)
    }),
  )
})

it('lets d_t go along where it is asked for, each document once', () => {
  fc.assert(
    fc.property(plans, fc.integer({ min: 1, max: 6 }), (plan, maxDocuments) => {
      for (const { documents, targets } of cut(plan, { maxDocuments, own: true })) {
        expect(new Set(documents).size).toBe(documents.length)
        for (const { id, document } of targets) expect(documents[document!]!.docId).toBe(id)
      }
    }),
  )
})

it('holds no document that none of its targets looks back on', () => {
  fc.assert(
    fc.property(plans, (plan) => {
      for (const { documents, targets } of cut(plan, { maxDocuments: 3 })) {
        expect(Math.min(...targets.map(({ history }) => history[0]))).toBe(0)
        expect(Math.max(...targets.map(({ history }) => history[1]))).toBe(documents.length)
      }
    }),
  )
})

it('bounds a record whose documents are long, and one of very many targets at one time', () => {
  const long = Array.from({ length: 60 }, (_, index): Step => {
    const text = 'x'.repeat(300_000)
    return { document: { docId: String(index), timestamp: index, title: '', text }, isTarget: true }
  })
  const charsOf = ({ documents, targets }: Author) =>
    [...documents.map(({ text }) => text), ...targets.map(({ reference }) => reference!)].join('').length
  const records = cut(long, { maxDocuments: 3 })
  expect(records.flatMap(({ targets }) => targets)).toHaveLength(60)
  expect(Math.max(...records.map(charsOf))).toBeLessThanOrEqual(2_000_000)
  expect(records.length).toBeLessThanOrEqual(31)

  const first = { document: { docId: 'first', timestamp: 0, title: '', text: 'x' }, isTarget: false }
  const sameTime = Array.from({ length: 2000 }, (_, index): Step => {
    return { document: { docId: String(index), timestamp: 1, title: '', text: 'x' }, isTarget: true }
  })
  const many = cut([first, ...sameTime], { maxDocuments: 3, own: true })
  expect(many.map(({ targets }) => targets.length)).toEqual([256, 256, 256, 256, 256, 256, 256, 208])
  expect(many.every(({ documents }) => documents.length <= 257)).toBe(true)
})
