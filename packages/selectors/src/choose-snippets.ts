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
  const { entrySnippets } = target
  const order = [...entrySnippets.keys()].sort((a, b) => {
    const [first, second] = [entrySnippets[a]!, entrySnippets[b]!]
    return found[b]! - found[a]! || first.entry - second.entry || first.start - second.start
  })
  const chosen: number[] = []
  let left = maxChars
  for (const index of order) {
    if (chosen.length > 0 && found[index]! < selector.threshold) break
    const { start, end } = entrySnippets[index]!
    const chars = end - start + (chosen.length > 0 ? 1 : 0)
    if (chars > left) continue
    chosen.push(index)
    left -= chars
  }
  return chosen
}
