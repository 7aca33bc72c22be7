import { isStopWord } from '@idiolect/text/stop-words'
import { words } from '@idiolect/text/words'

import type { WordVectors } from './word-vectors.ts'
import type { WordNet } from './wordnet.ts'

/** METHOD: words below it are too common to be anybody's. */
export const minIdf = 1.5

/** METHOD: words whose vectors are no further apart count as one; Euclidean, in uncased Common Crawl GloVe. */
export const maxDistance = 4

export type LabelSources = {
  /** The texts that the label's words come from. */
  entries: readonly string[]
  /** d_t, its start included. */
  target: string
  idf: (word: string) => number
  synonyms: WordNet
  vectors: WordVectors | null
  maxWords: number
}

/**
 * METHOD `SynCtx`, weak labels: the words of the entries that are most in the target. A word is counted once for each
 * word of the target that it equals, shares a synset with or lies near to. Stop words and words below `minIdf` are left
 * out on both sides.
 * @returns at most `maxWords` words, by count, then by IDF, then by the word; each counted at least once
 */
export function keyElementLabel({ entries, target, idf, synonyms, vectors, maxWords }: LabelSources): string[] {
  const candidates = [...keyWords(entries, idf).keys()]
  const counts = new Map<string, number>()
  const matches = matcher(candidates, { synonyms, vectors })
  for (const [word, times] of keyWords([target], idf)) {
    for (const match of matches(word)) counts.set(match, (counts.get(match) ?? 0) + times)
  }
  return [...counts]
    .map(([word, count]) => ({ word, count, idf: idf(word) }))
    .sort((a, b) => b.count - a.count || b.idf - a.idf || (a.word < b.word ? -1 : 1))
    .slice(0, maxWords)
    .map(({ word }) => word)
}

/** How often each word occurs that is neither a stop word nor too common. */
function keyWords(texts: readonly string[], idf: LabelSources['idf']): Map<string, number> {
  const counts = new Map<string, number>()
  for (const text of texts) {
    for (const word of words(text)) counts.set(word, (counts.get(word) ?? 0) + 1)
  }
  for (const word of counts.keys()) {
    if (isStopWord(word) || idf(word) < minIdf) counts.delete(word)
  }
  return counts
}

/** Which of the candidates mean the same as a word. */
function matcher(
  candidates: readonly string[],
  { synonyms, vectors }: Pick<LabelSources, 'synonyms' | 'vectors'>,
): (word: string) => Set<string> {
  const known = new Set(candidates)
  const members = new Map<number, string[]>()
  for (const candidate of candidates) {
    for (const synset of synonyms.synsets(candidate)) {
      const already = members.get(synset)
      if (already === undefined) members.set(synset, [candidate])
      else already.push(candidate)
    }
  }
  const near = vectors?.neighboursAmong(candidates, maxDistance)
  return (word) => {
    const found = new Set(near?.(word))
    if (known.has(word)) found.add(word)
    for (const synset of synonyms.synsets(word)) {
      for (const member of members.get(synset) ?? []) found.add(member)
    }
    return found
  }
}
