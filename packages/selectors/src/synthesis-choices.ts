import type { DocumentFrequencies } from '@idiolect/text/document-frequencies'

import { type Choice, chanceOf, type TargetChoices } from './choice-scores.ts'
import { chooseWords, wordProbabilities } from './choose-words.ts'
import type { Selector } from './selector.ts'
import type { SynthesisRow } from './training-rows.ts'

type Options = { selector: Selector; frequencies: DocumentFrequencies; maxWords: number }

/** What each method chooses for a row of `synthesis`. Chance draws as many words as the trained selector chooses within `maxWords`. */
export function synthesisChoices(row: SynthesisRow, { selector, frequencies, maxWords }: Options): TargetChoices {
  const labelled = new Set(row.chosen)
  const choiceOf = (chosen: readonly string[]): Choice => ({
    chosen: chosen.length,
    right: chosen.filter((word) => labelled.has(word)).length,
    labelled: labelled.size,
  })
  const { words, probabilities } = wordProbabilities(selector, row, frequencies)
  const trained = chooseWords(selector, row, { frequencies, maxWords })
  const uncapped = chooseWords(selector, row, { frequencies, maxWords: words.length })
  return {
    userId: row.userId,
    methods: {
      trained: choiceOf(trained),
      trainedUncapped: choiceOf(uncapped),
      ...(row.keyElementsSource.startsWith('SynCtxInd') ? { contextIndependent: choiceOf(row.keyElements) } : {}),
      chance: chanceOf(trained.length, { candidates: words.length, labelled: labelled.size }),
    },
    probabilities,
    labels: Uint8Array.from(words, (word) => Number(labelled.has(word))),
  }
}
