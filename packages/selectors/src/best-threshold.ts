/** The candidates of one target: what a model thinks of them, and whether the label has them. */
export type Judged = { probabilities: readonly number[]; labels: Uint8Array }

const steps = 100

/**
 * Of the hundredths between 0 and 1, the threshold from which on choosing gives the highest F1 on average over the targets; the
 * lowest of equally good ones.
 */
export function bestThreshold(judged: readonly Judged[]): number {
  const sums = new Float64Array(steps)
  for (const { probabilities, labels } of judged) {
    const chosen = new Float64Array(steps)
    const right = new Float64Array(steps)
    for (const [index, probability] of probabilities.entries()) {
      const step = Math.min(steps - 1, Math.floor(probability * steps))
      chosen[step]! += 1
      right[step]! += labels[index]!
    }
    const labelled = labels.reduce((sum, label) => sum + label, 0)
    let allChosen = 0
    let allRight = 0
    for (let step = steps - 1; step >= 0; step -= 1) {
      allChosen += chosen[step]!
      allRight += right[step]!
      if (allRight > 0) sums[step]! += (2 * allRight) / (allChosen + labelled)
    }
  }
  return sums.indexOf(Math.max(...sums)) / steps
}
