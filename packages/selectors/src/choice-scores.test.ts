import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { areaUnderCurve, chanceOf, scoresOf } from './choice-scores.ts'

describe('the scores of a choice', () => {
  test('are precision, recall and their harmonic mean', () => {
    expect(scoresOf({ chosen: 4, right: 1, labelled: 2 })).toEqual({ precision: 0.25, recall: 0.5, f1: 1 / 3 })
  })

  test('are 0 where nothing is chosen', () => {
    expect(scoresOf({ chosen: 0, right: 0, labelled: 2 })).toEqual({ precision: 0, recall: 0, f1: 0 })
  })

  test('of chance have the share of the label as precision', () => {
    const { precision, recall } = scoresOf(chanceOf(3, { candidates: 12, labelled: 4 }))
    expect(precision).toBeCloseTo(1 / 3)
    expect(recall).toBeCloseTo(1 / 4)
  })
})

describe('the area under the curve', () => {
  test('is the share of pairs in the right order, equal ones counting half', () => {
    const candidate = fc.tuple(fc.integer({ min: 0, max: 20 }), fc.boolean())
    fc.assert(
      fc.property(fc.array(candidate, { maxLength: 40 }), (candidates) => {
        const curve = areaUnderCurve()
        const labels = Uint8Array.from(candidates, ([, label]) => Number(label))
        curve.add(
          candidates.map(([twentieth]) => twentieth / 20),
          labels,
        )
        let pairs = 0
        let ordered = 0
        for (const [right, isRight] of candidates) {
          for (const [wrong, isOther] of candidates) {
            if (!isRight || isOther) continue
            pairs += 1
            ordered += right > wrong ? 1 : right === wrong ? 0.5 : 0
          }
        }
        if (pairs === 0) expect(curve.value()).toBeNull()
        else expect(curve.value()).toBeCloseTo(ordered / pairs)
      }),
    )
  })
})
