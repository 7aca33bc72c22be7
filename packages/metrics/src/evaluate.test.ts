import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { compareRuns } from './compare-runs.ts'
import { type EvaluationRow, evaluateRows } from './evaluate.ts'
import { scorePair } from './score-pair.ts'

async function* stream(rows: EvaluationRow[]): AsyncGenerator<EvaluationRow> {
  yield* rows
}

const start = 'Dear Ann, the trains do not ru'
const rows: EvaluationRow[] = [
  {
    id: 'a',
    context: start,
    output: `${start}n today, so I stay at home.`,
    reference: `${start}n today. I come tomorrow.`,
  },
  { id: 'b', context: start, output: 'I stay at home today.', reference: `${start}n today, so I stay at home.` },
  { id: 'c', context: start, output: `${start}n.` },
]

describe('evaluateRows', () => {
  test('scores whole texts and continuations, and counts what it could not use', async () => {
    const { count, skipped, whole, continuation } = await evaluateRows(stream(rows))
    expect({ count, skipped }).toEqual({ count: 2, skipped: 1 })
    expect(continuation).toMatchObject({ count: 2, outputsWithoutStart: 1, referencesWithoutStart: 0 })
    const first = scorePair('n today, so I stay at home.', 'n today. I come tomorrow.').metrics
    const second = scorePair('I stay at home today.', 'n today, so I stay at home.').metrics
    expect(continuation!.rougeL).toBeCloseTo((first.rougeL + second.rougeL) / 2, 12)
    expect(continuation!.bleuSentence).toBeCloseTo((first.bleuSentence + second.bleuSentence) / 2, 12)
    expect(whole.rougeL).toBeGreaterThan(continuation!.rougeL)
  })

  test('takes the length ratio and BLEU of the corpus, not the mean over rows', async () => {
    const short = { id: 's', output: 'one two three four', reference: 'one two three four' }
    const long = { id: 'l', output: 'five six', reference: 'five six seven eight nine ten' }
    const { whole } = await evaluateRows(stream([short, long]))
    expect(whole.lengthRatio).toBeCloseTo(6 / 10, 12)
    // 6, 4, 2 and 1 n-grams, all of them in the references; 6 tokens for 10
    expect(whole.bleu).toBeCloseTo(100 * Math.exp(1 - 10 / 6), 9)
  })

  test('has no continuation where no row gives a start', async () => {
    const { continuation } = await evaluateRows(stream([{ id: 'a', output: 'x', reference: 'x', context: '' }]))
    expect(continuation).toBeNull()
  })

  test('keeps to its bounds for any text, and gives the perfect scores for a text against itself', async () => {
    const texts = fc.array(fc.string({ unit: 'binary' }), { minLength: 1, maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(texts, async (outputs) => {
        const same = outputs.map((text, at) => ({
          id: String(at),
          output: `a b c d ${text}`,
          reference: `a b c d ${text}`,
          context: 'a b ',
        }))
        const { whole, continuation } = await evaluateRows(stream(same))
        expect(whole.bleu).toBeCloseTo(100, 9)
        expect([whole.rouge1, whole.rougeL, whole.lengthRatio]).toEqual([1, 1, 1])
        expect(continuation).toMatchObject({ rouge1: 1, lengthRatio: 1 })
      }),
    )
  })

  test('refuses rows of which none has a reference', async () => {
    await expect(evaluateRows(stream([{ id: 'a', output: 'x' }]))).rejects.toMatchObject({ code: 'input_unusable' })
  })
})

describe('compareRuns', () => {
  const references = Array.from(
    { length: 12 },
    (_, at) => `mail ${at} says that the train number ${at * 7} is late again`,
  )
  const runOf = (cut: (at: number) => number) =>
    references.map((reference, at) => ({
      id: `r${at}`,
      reference,
      output: reference.split(' ').slice(0, cut(at)).join(' '),
    }))
  const better = runOf((at) => 8 + (at % 3))
  const worse = runOf((at) => 2 + (at % 2))

  test('finds a run that is better on every row significantly better, in the direction run - baseline', async () => {
    const { run, baseline, comparison } = await compareRuns(stream(better), stream(worse))
    expect(comparison).toMatchObject({ pairs: 12, onlyInRun: 0, onlyInBaseline: 0, continuation: null })
    const { meanDifference, significant } = comparison.whole.rougeL
    expect(meanDifference).toBeCloseTo(run.whole.rougeL - baseline.whole.rougeL, 12)
    expect([meanDifference! > 0, significant]).toEqual([true, true])
  })

  test('does not depend on the order of the rows and counts those that only one side has', async () => {
    const { comparison } = await compareRuns(stream(better.slice(1).reverse()), stream(worse.slice(0, -2)))
    expect(comparison).toMatchObject({ pairs: 9, onlyInRun: 2, onlyInBaseline: 1 })
    const aligned = await compareRuns(stream(better.slice(1, -2)), stream(worse.slice(1, -2)))
    expect(comparison.whole.rouge1.p).toBeCloseTo(aligned.comparison.whole.rouge1.p!, 12)
  })

  test('finds no difference between a run and itself', async () => {
    const { comparison } = await compareRuns(stream(better), stream(better))
    expect(comparison.whole.bleuSentence).toMatchObject({ meanDifference: 0, p: 1, significant: false })
  })

  test('tests the continuations of rows that give a start', async () => {
    const withStart = (run: EvaluationRow[]) => run.map((row) => ({ ...row, context: 'mail ' }))
    const { comparison } = await compareRuns(stream(withStart(better)), stream(withStart(worse)))
    expect(comparison.continuation?.rouge1).toMatchObject({ pairs: 12, significant: true })
  })

  test.each([
    ['no id in common', better, worse.map((row) => ({ ...row, id: `other ${row.id}` }))],
    ['an id twice in the run', [...better, better[0]!], worse],
    ['an id twice in the baseline', better, [...worse, worse[0]!]],
    ['another reference under the same id', better, worse.map((row) => ({ ...row, reference: `${row.reference}!` }))],
  ])('refuses %s', async (_, run, baseline) => {
    await expect(compareRuns(stream(run), stream(baseline))).rejects.toMatchObject({ code: 'input_unusable' })
  })
})
