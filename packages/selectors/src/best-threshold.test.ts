import fc from 'fast-check'
import { expect, test } from 'vitest'

import { bestThreshold, type Judged } from './best-threshold.ts'

function meanF1(judged: readonly Judged[], threshold: number): number {
  const scores = judged.map(({ probabilities, labels }) => {
    const chosen = probabilities.map((probability) => probability >= threshold)
    const right = chosen.filter((isChosen, index) => isChosen && labels[index] === 1).length
    const labelled = labels.filter((label) => label === 1).length
    return right === 0 ? 0 : (2 * right) / (chosen.filter(Boolean).length + labelled)
  })
  return scores.reduce((sum, score) => sum + score, 0) / scores.length
}

test('the threshold is the lowest hundredth with the highest F1 on average over the targets', () => {
  // Hundredths and their neighbours are left out, since 0.29 × 100 is below 29.
  const probability = fc.integer({ min: 0, max: 99 }).map((hundredth) => (hundredth + 0.5) / 100)
  const target = fc.array(fc.tuple(probability, fc.boolean()), { maxLength: 8 }).map((candidates) => ({
    probabilities: candidates.map(([found]) => found),
    labels: Uint8Array.from(candidates, ([, label]) => Number(label)),
  }))
  fc.assert(
    fc.property(fc.array(target, { minLength: 1, maxLength: 6 }), (judged) => {
      const best = bestThreshold(judged)
      for (let step = 0; step < 100; step += 1) {
        const other = meanF1(judged, step / 100)
        expect(other).toBeLessThanOrEqual(meanF1(judged, best) + 1e-12)
        if (step / 100 < best) expect(other).toBeLessThan(meanF1(judged, best))
      }
    }),
  )
})

test('a model that is always right has its threshold between the two sorts', () => {
  expect(bestThreshold([{ probabilities: [0.9, 0.2, 0.7, 0.4], labels: Uint8Array.of(1, 0, 1, 0) }])).toBe(0.41)
})
