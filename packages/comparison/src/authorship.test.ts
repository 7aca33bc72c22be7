import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import type { TargetProfile } from './author-profiles.ts'
import { authorshipScorer, drawNegatives, scoreAuthorship } from './authorship.ts'
import { comparedRow } from './fixtures/compared-rows.ts'

/** Each author writes about a subject of its own: a direction of its own. */
const dimensions = 32
const axis = (at: number) => Float32Array.from({ length: dimensions }, (_, index) => (index === at ? 1 : 0))
/** Texts are `about N`. */
const embed = async (texts: string[]) => texts.map((text) => axis(Number(/about (\d+)/.exec(text)![1])))

const profilesOf = (authors: number) =>
  new Map(
    Array.from({ length: authors }, (_, at): [string, TargetProfile] => [
      `t${at}`,
      { userId: `u${at}`, past: axis(at), truth: axis(at) },
    ]),
  )

describe('drawNegatives', () => {
  const authors = Array.from({ length: 40 }, (_, at) => ({ userId: `u${at}` }))

  test('draws twenty others, by the target alone', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat({ max: 39 }), fc.nat(), (targetId, at, seed) => {
        const { userId } = authors[at]!
        const drawn = drawNegatives(authors, { targetId, userId, seed })
        expect(new Set(drawn).size).toBe(20)
        expect(drawn).not.toContain(authors[at])
        expect(drawNegatives(authors, { targetId, userId, seed })).toEqual(drawn)
      }),
    )
  })

  test('takes all others where there are no more than twenty', () => {
    const few = authors.slice(0, 8)
    const drawn = drawNegatives(few, { targetId: 't', userId: 'u3', seed: 1 })
    expect(new Set(drawn)).toEqual(new Set(few.filter(({ userId }) => userId !== 'u3')))
  })
})

describe('scoreAuthorship', () => {
  test('is 1 for a text nearer to its author’s past than to every other, 0 for the farthest, a half for one as far from all', () => {
    expect(scoreAuthorship(axis(0), axis(0), [axis(1), axis(2)])).toEqual({ score: 1, auc: 1 })
    expect(scoreAuthorship(axis(1), axis(0), [axis(1), axis(1)])).toEqual({ score: -1, auc: 0 })
    expect(scoreAuthorship(axis(3), axis(0), [axis(1), axis(2)])).toEqual({ score: 0, auc: 0.5 })
    expect(scoreAuthorship(null, axis(0), [axis(1)])).toEqual({ score: 0, auc: 0.5 })
  })
})

describe('authorshipScorer', () => {
  test('tells methods that write as their author from those that do not, against the same others', async () => {
    const scorer = authorshipScorer(profilesOf(30), { embed, seed: 3 })!
    for (let at = 0; at < 30; at += 1) {
      await scorer.add(comparedRow(`t${at}`, '+SumCtx', { output: `Dear all, about ${at}` }))
      await scorer.add(comparedRow(`t${at}`, 'RecentDoc', { output: `Dear all, about ${(at + 1) % 30}` }))
      await scorer.add(comparedRow(`t${at}`, '+SynCtx', { output: `Dear all, about ${(at + 1) % 30}, in other words` }))
      await scorer.add(comparedRow(`t${at}`, 'ImmedCtx', { output: 'Dear all, ' }))
    }
    const { methods, truth, stranger, negatives } = await scorer.end()
    expect(negatives).toBe(20)
    const aucs = (method: string) => [...methods.get(method)!.values()].map(({ auc }) => auc)
    expect(new Set(aucs('+SumCtx'))).toEqual(new Set([1]))
    expect(new Set(aucs('ImmedCtx'))).toEqual(new Set([0.5]))
    expect(aucs('RecentDoc')).toEqual(aucs('+SynCtx'))
    expect(new Set([...truth.values()].map(({ auc }) => auc))).toEqual(new Set([1]))
    expect(new Set([...stranger.values()].map(({ auc }) => auc))).toEqual(new Set([0.5]))
  })

  test('scores what follows the start, and a text without the start whole', async () => {
    const scorer = authorshipScorer(profilesOf(4), { embed, seed: 3 })!
    await scorer.add(comparedRow('t1', 'RecentDoc', { context: 'about 2, ', output: 'about 2, about 1' }))
    await scorer.add(comparedRow('t2', 'RecentDoc', { context: 'Dear all, ', output: 'about 2' }))
    const { methods } = await scorer.end()
    expect([...methods.get('RecentDoc')!.values()].map(({ auc }) => auc)).toEqual([1, 1])
  })

  test('says nothing of a single author, and takes one negative for two', async () => {
    expect(authorshipScorer(profilesOf(1), { embed, seed: 3 })).toBeNull()
    const scorer = authorshipScorer(profilesOf(2), { embed, seed: 3 })!
    await scorer.add(comparedRow('t0', 'RecentDoc', { output: 'about 0' }))
    const { methods, negatives, stranger } = await scorer.end()
    expect([negatives, stranger.size]).toEqual([1, 0])
    expect(methods.get('RecentDoc')!.get('t0')).toEqual({ score: 1, auc: 1 })
  })
})
