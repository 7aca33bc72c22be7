import type { Entry } from '@idiolect/contracts/records'
import { cutText } from '@idiolect/text/cut-text'

import { sentenceCentrality } from './sentence-centrality.ts'
import { summarySentences } from './summary-sentences.ts'

/** Above it a sentence says again what a chosen one has said. */
const maxSimilarity = 0.5

/**
 * METHOD `SumCtxInd`, a general summarizer without x_t: the most central sentences of the entries that fit into `maxChars`
 * and do not repeat each other, in the order in which they stand. Only where none fits is one cut.
 */
export function extractiveSummary(entries: readonly Entry[], maxChars: number): string {
  const sentences = summarySentences(entries)
  const { ranks, similarity } = sentenceCentrality(sentences)
  const byRank = [...sentences.keys()].sort((a, b) => ranks[b]! - ranks[a]! || a - b)
  const chosen: number[] = []
  let left = maxChars
  for (const sentence of byRank) {
    const chars = sentences[sentence]!.length
    if (chars > left || chosen.some((other) => similarity(sentence, other) > maxSimilarity)) continue
    chosen.push(sentence)
    left -= chars + 1
  }
  if (chosen.length === 0) return cutText(sentences[byRank[0] ?? 0] ?? '', maxChars)
  return chosen
    .sort((a, b) => a - b)
    .map((sentence) => sentences[sentence])
    .join(' ')
}
