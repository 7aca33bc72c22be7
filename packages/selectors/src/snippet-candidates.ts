import type { EntrySnippet, RankedTarget } from '@idiolect/contracts/records'
import { isStopWord } from '@idiolect/text/stop-words'
import { words } from '@idiolect/text/words'

/** What SumCtx chooses from, and in view of what. */
export type SnippetTarget = Pick<RankedTarget, 'context' | 'entries'> & { entrySnippets: readonly EntrySnippet[] }

/**
 * What is known of a snippet, in the order of the columns. Tried and without use on held-out users (4,234 targets): the rank of
 * centrality, its distance to the best, the place in the entry, the entry's length, the shares of capitals, digits and marks.
 */
export const snippetFeatures = [
  'contextSimilarity',
  'contextSimilarityBelowBest',
  /** Share of the other snippets that are more similar. */
  'contextSimilarityRank',
  'centrality',
  'logEntry',
  /** Few entries in the same budget of characters: an author of long texts, whose label has more snippets. */
  'logEntries',
  'logCandidates',
  'logRecency',
  'logLength',
  /** Of the words of x_t that are no stop words. */
  'contextWordsShared',
  'stopWordShare',
  'wordLength',
  'lineBreakShare',
] as const
type Known = Record<(typeof snippetFeatures)[number], number>

/**
 * The snippets of the entries as a matrix, row-major, a row a snippet in their order, a column one of `snippetFeatures`. A row
 * does not depend on where the others stand in the list.
 */
export function snippetCandidates({ context, entries, entrySnippets }: SnippetTarget): Float32Array {
  const contextWords = new Set(words(context).filter((word) => !isStopWord(word)))
  const similarities = entrySnippets.map(({ contextSimilarity }) => contextSimilarity)
  const best = Math.max(...similarities)
  const others = Math.max(1, entrySnippets.length - 1)
  const columns = snippetFeatures.length
  const values = new Float32Array(entrySnippets.length * columns)
  for (const [index, snippet] of entrySnippets.entries()) {
    const { entry, start, end, contextSimilarity, centrality, recency } = snippet
    const known: Known = {
      contextSimilarity,
      contextSimilarityBelowBest: best - contextSimilarity,
      contextSimilarityRank: similarities.filter((other) => other > contextSimilarity).length / others,
      centrality,
      logEntry: Math.log1p(entry),
      logEntries: Math.log(entries.length),
      logCandidates: Math.log(entrySnippets.length),
      logRecency: Math.log1p(recency),
      ...writing(entries[entry]!.text.slice(start, end), contextWords),
    }
    for (const [column, name] of snippetFeatures.entries()) values[index * columns + column] = known[name]
  }
  return values
}

type Writing = Pick<Known, 'logLength' | 'contextWordsShared' | 'stopWordShare' | 'wordLength' | 'lineBreakShare'>

function writing(text: string, contextWords: ReadonlySet<string>): Writing {
  const found = words(text)
  const distinct = new Set(found)
  const perWord = 1 / Math.max(1, found.length)
  const shared = [...contextWords].filter((word) => distinct.has(word)).length
  return {
    logLength: Math.log1p(text.length),
    contextWordsShared: shared / Math.max(1, contextWords.size),
    stopWordShare: found.filter(isStopWord).length * perWord,
    wordLength: found.reduce((sum, word) => sum + word.length, 0) * perWord,
    lineBreakShare: (text.match(/\n/g)?.length ?? 0) / Math.max(1, text.length),
  }
}
