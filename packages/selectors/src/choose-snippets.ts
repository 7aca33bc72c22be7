import type { Selector } from './selector.ts'
import { type SnippetTarget, snippetCandidates, snippetFeatures } from './snippet-candidates.ts'
import { probabilities } from './tree-ensemble.ts'

/** A probability an entry snippet, in their order: that the weak label of METHOD `SumCtx` has it. */
export function snippetProbabilities(selector: Selector, target: SnippetTarget): number[] {
  return probabilities(selector.trees, snippetCandidates(target), snippetFeatures.length)
}

/**
 * METHOD `SumCtx` by a trained selector: the snippets whose probability reaches the threshold and that together, joined by one
 * character each, are at most `maxChars` long; the first that fits counts whatever its probability.
 * @returns indices into `entrySnippets`, best first
 */
export function chooseSnippets(selector: Selector, target: SnippetTarget, maxChars: number): number[] {
  const found = snippetProbabilities(selector, target)
  return bestThatFit(target.entrySnippets, found, maxChars).filter(
    (index, place) => place === 0 || found[index]! >= selector.threshold,
  )
}

/**
 * Fills `maxChars` with the snippets of the highest scores, passing over what does not fit. Of equal scores the earlier snippet.
 * @returns indices, best first
 */
export function bestThatFit(
  snippets: SnippetTarget['entrySnippets'],
  scores: readonly number[],
  maxChars: number,
): number[] {
  const order = [...snippets.keys()].sort((a, b) => {
    const [first, second] = [snippets[a]!, snippets[b]!]
    return scores[b]! - scores[a]! || first.entry - second.entry || first.start - second.start
  })
  let left = maxChars
  return order.filter((index) => {
    const chars = snippets[index]!.end - snippets[index]!.start + (left < maxChars ? 1 : 0)
    if (chars > left) return false
    left -= chars
    return true
  })
}
