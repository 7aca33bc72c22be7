/** What a method chose for one target. */
export type Choice = {
  chosen: number
  /** Those of the chosen that the weak label has; for chance the number that is expected. */
  right: number
  labelled: number
  /** The same counted over the characters of a summary, since a sentence of a snippet is not the whole of it. */
  characters?: Choice
}

/** Of the uncapped ones the trained keeps to its threshold alone, the others to the limit of the configuration. */
export const choiceMethods = [
  'contextIndependent',
  'trained',
  'contextSimilarity',
  'chance',
  'trainedUncapped',
  'contextSimilarityUncapped',
  'chanceUncapped',
] as const
export type ChoiceMethod = (typeof choiceMethods)[number]

/** What is chosen for one target by each method that there is for it. */
export type TargetChoices = {
  userId: string
  methods: Partial<Record<ChoiceMethod, Choice>>
  /** By the trained selector, of each candidate, and whether the label has it. */
  probabilities: number[]
  labels: Uint8Array
}

export type Scores = { precision: number; recall: number; f1: number }

/** 0 where nothing is right, also where nothing is chosen. */
export function scoresOf({ chosen, right, labelled }: Choice): Scores {
  if (right === 0) return { precision: 0, recall: 0, f1: 0 }
  return { precision: right / chosen, recall: right / labelled, f1: (2 * right) / (chosen + labelled) }
}

/** Any `chosen` candidates, drawn blindly. */
export function chanceOf(chosen: number, { candidates, labelled }: { candidates: number; labelled: number }): Choice {
  return { chosen, right: candidates === 0 ? 0 : (chosen * labelled) / candidates, labelled }
}

const bins = 10_000

/**
 * Area under the ROC curve over the candidates of all targets: how often one of a label is thought more probable than one of no
 * label. Exact but for probabilities that agree in four decimals, which count as equal.
 */
export function areaUnderCurve() {
  const right = new Float64Array(bins)
  const wrong = new Float64Array(bins)
  return {
    add(probabilities: readonly number[], labels: Uint8Array): void {
      for (const [index, probability] of probabilities.entries()) {
        const bin = Math.min(bins - 1, Math.floor(probability * bins))
        const side = labels[index] === 1 ? right : wrong
        side[bin]! += 1
      }
    },
    /** null where there are no candidates of both sorts. */
    value(): number | null {
      let below = 0
      let area = 0
      let all = 0
      for (let bin = 0; bin < bins; bin += 1) {
        area += right[bin]! * (below + wrong[bin]! / 2)
        below += wrong[bin]!
        all += right[bin]!
      }
      return below === 0 || all === 0 ? null : area / (below * all)
    },
  }
}
