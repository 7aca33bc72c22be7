import type { DocumentFrequencies } from '@idiolect/text/document-frequencies'

import type { Selector } from './selector.ts'
import { probabilities } from './tree-ensemble.ts'
import { type WordTarget, withPropensities, wordCandidates, wordFeatures } from './word-candidates.ts'
import { propensityOf } from './word-propensities.ts'

/** The candidate words of a target, and for each the probability that the weak label of METHOD `SynCtx` has it. */
export function wordProbabilities(
  selector: Selector,
  target: WordTarget,
  frequencies: DocumentFrequencies,
): { words: string[]; probabilities: number[] } {
  const candidates = wordCandidates(target, frequencies)
  const values = withPropensities(candidates, propensityOf(selector.propensities!))
  return { words: candidates.words, probabilities: probabilities(selector.trees, values, wordFeatures.length) }
}

/** METHOD `SynCtx` by a trained selector: at most `maxWords` words whose probability reaches the threshold, best first. */
export function chooseWords(
  selector: Selector,
  target: WordTarget,
  { frequencies, maxWords }: { frequencies: DocumentFrequencies; maxWords: number },
): string[] {
  const found = wordProbabilities(selector, target, frequencies)
  return [...found.words.keys()]
    .filter((index) => found.probabilities[index]! >= selector.threshold)
    .sort((a, b) => found.probabilities[b]! - found.probabilities[a]! || a - b)
    .slice(0, maxWords)
    .map((index) => found.words[index]!)
}
