import type { DocumentFrequencies } from '@idiolect/text/document-frequencies'

import { type Choice, chanceOf, type TargetChoices } from './choice-scores.ts'
import { chooseWords, wordProbabilities } from './choose-words.ts'
import type { Selector } from './selector.ts'
import type { SynthesisRow } from './training-rows.ts'

type Options = { selector: Selector; frequencies: DocumentFrequencies; maxWords: number }

/** What each method chooses for a row of `synthesis`. Chance draws as many words as the trained selector chooses. */
export function synthesisChoices(row: SynthesisRow, { selector, frequencies, maxWords }: Options): TargetChoices {
  const labelled = new Set(row.chosen)
  const choiceOf = (chosen: readonly string[]): Choice => ({
    chosen: chosen.length,
    right: chosen.filter((word) => labelled.has(word)).length,
    labelled: labelled.size,
  })
  const { words, probabilities } = wordProbabilities(selector, row, frequencies)
  const within = (limit: number) => {
    const chosen = chooseWords(selector, row, { frequencies, maxWords: limit })
    const chance = chanceOf(chosen.length, { candidates: words.length, labelled: labelled.size })
    return { trained: choiceOf(chosen), chance }
  }
  const capped = within(maxWords)
  const uncapped = within(words.length)
  return {
    userId: row.userId,
    methods: {
      ...(row.keyElementsSource.startsWith('SynCtxInd') ? { contextIndependent: choiceOf(row.keyElements) } : {}),
      trained: capped.trained,
      chance: capped.chance,
      trainedUncapped: uncapped.trained,
      chanceUncapped: uncapped.chance,
    },
    probabilities,
    labels: Uint8Array.from(words, (word) => Number(labelled.has(word))),
  }
}
