import { evaluateRows } from '@idiolect/metrics/evaluate'
import { pairMetrics } from '@idiolect/metrics/score-pair'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { compareRows } from './compare-rows.ts'
import type { ComparedRow } from './compared-row.ts'
import { comparedRow, stream } from './fixtures/compared-rows.ts'

const targets = Array.from({ length: 14 }, (_, index) => `t${index}`)
const start = 'Dear all, '

/** The first words of the true text: the more, the better on every target. */
function rowsOf(method: ComparedRow['method'], wordsOf: (index: number) => number, ids = targets): ComparedRow[] {
  return ids.map((targetId) => {
    const row = comparedRow(targetId, method)
    const words = row.reference!.slice(start.length).split(' ')
    return { ...row, output: start + words.slice(0, wordsOf(targets.indexOf(targetId))).join(' ') }
  })
}

const worse = rowsOf('RankDocBySnpt', (index) => 3 + (index % 2))
const better = rowsOf('+SumCtx', (index) => 8 + (index % 3))
const like = rowsOf('RecentDoc', (index) => 3 + ((index + 1) % 2))

const options = {
  asked: ['RecentDoc', 'RankDocBySnpt', '+SumCtx'],
  baseline: 'RankDocBySnpt',
  shown: 3,
  seed: 17,
  authorship: null,
} as const

const compare = (rows: ComparedRow[], changes: Partial<Parameters<typeof compareRows>[1]> = {}) =>
  compareRows(stream(rows), { ...options, ...changes })

describe('compareRows', () => {
  test('gives each method the figures of its rows alone, in the paper’s order', async () => {
    const { comparison } = await compare([...better, ...worse, ...like])
    expect(comparison.methods.map(({ method }) => method)).toEqual(['RecentDoc', 'RankDocBySnpt', '+SumCtx'])
    expect(comparison).toMatchObject({ targets: 14, authors: 14, absent: [] })
    const alone = await evaluateRows(stream(better))
    const { whole, continuation } = comparison.methods[2]!
    for (const metric of ['bleu', 'lengthRatio', ...pairMetrics] as const) {
      expect(whole[metric]).toBe(alone.whole[metric])
      expect(continuation![metric]).toBe(alone.continuation![metric])
    }
  })

  test('has a star exactly where p < 0.01, and none for the baseline', async () => {
    const { comparison } = await compare([...better, ...worse, ...like])
    const [recent, baseline, sum] = comparison.methods
    expect([baseline!.whole.tests, baseline!.continuation!.tests]).toEqual([null, null])
    expect(sum!.continuation!.tests!.rougeL).toMatchObject({ pairs: 14, significant: true })
    expect(recent!.continuation!.tests!.rougeL.significant).toBe(false)
    for (const part of [recent!.whole, sum!.whole, recent!.continuation!, sum!.continuation!]) {
      for (const { p, significant } of Object.values(part.tests!)) expect(significant).toBe(p! < 0.01)
    }
  })

  test('leaves a row that is missing in one method out of that method’s tests, and counts it', async () => {
    const { comparison } = await compare([...worse.slice(1), ...better.slice(0, -2), ...like])
    expect(comparison.methods.map(({ missing }) => missing)).toEqual([0, 1, 2])
    expect(comparison.methods.map(({ whole }) => whole.tests?.rougeL.pairs)).toEqual([13, undefined, 11])
    const aligned = await compare([...worse.slice(1, -2), ...better.slice(1, -2)])
    expect(comparison.methods[2]!.whole.tests).toEqual(aligned.comparison.methods[1]!.whole.tests)
  })

  test('does not depend on how the methods’ rows are mixed', async () => {
    const { comparison } = await compare([...worse, ...better, ...like])
    const byTarget = targets.flatMap((_, index) => [like[index]!, better[index]!, worse[index]!])
    expect((await compare(byTarget)).comparison).toEqual(comparison)
  })

  test('names the methods that were asked for and have no text', async () => {
    const { comparison } = await compare([...worse, ...like])
    expect(comparison.absent).toEqual(['+SumCtx'])
  })

  test('gives no continuation where no row has a start', async () => {
    const { comparison } = await compare([...worse, ...like].map((row) => ({ ...row, context: '' })))
    expect(comparison.methods.map(({ continuation }) => continuation)).toEqual([null, null])
  })

  test.each([
    ['a baseline without a text', better],
    ['two rows with one id', [...worse, worse[0]!]],
    ['rows without a true text', worse.map((row) => ({ ...row, reference: undefined }))],
  ])('refuses %s', async (_, rows) => {
    await expect(compare(rows)).rejects.toMatchObject({ code: 'input_unusable' })
  })

  test('shows all methods of the same sample of targets, whatever the order of the rows', async () => {
    const rows = fc.shuffledSubarray([...worse, ...better, ...like], { minLength: 3 * targets.length })
    const { shown } = await compare([...worse, ...better, ...like])
    expect(shown).toHaveLength(3)
    for (const target of shown) {
      expect(target.rows.map(({ method }) => method)).toEqual(['RecentDoc', 'RankDocBySnpt', '+SumCtx'])
    }
    await fc.assert(
      fc.asyncProperty(rows, async (shuffled) => {
        const again = (await compare(shuffled)).shown
        expect(new Set(again.map(({ targetId }) => targetId))).toEqual(new Set(shown.map(({ targetId }) => targetId)))
        expect(again.every(({ rows: own }) => own.length === 3)).toBe(true)
      }),
      { numRuns: 10 },
    )
    expect((await compare([...worse], { shown: 0 })).shown).toEqual([])
  })

  test('says what a shown text got', async () => {
    const { scoresOf } = await compare([...worse, ...better])
    expect(scoresOf('t0', '+SumCtx').rougeL).toBeGreaterThan(scoresOf('t0', 'RankDocBySnpt').rougeL!)
    expect(scoresOf('t0', 'RecentDoc')).toEqual({ rougeL: null, auc: null })
  })
})
