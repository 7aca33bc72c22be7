import type { Config } from '@idiolect/contracts/config'
import type { EmbeddedAuthor } from '@idiolect/contracts/records'
import { words } from '@idiolect/text/words'

import { bm25 } from './bm25.ts'
import { bestFirst, historyOf, type RankTarget } from './candidates.ts'
import { countTerms } from './count-terms.ts'

/** `RankDocBM25`: documents by BM25(x_t, d), with the statistics of the target's own history. */
export function rankDocBm25(
  author: EmbeddedAuthor,
  texts: readonly string[],
  config: Pick<Config, 'rank'>,
): RankTarget {
  const queries = author.targets.map((target) => words(target.context))
  const counted = countTerms(texts, new Set(queries.flat()))
  return (target) => {
    const range = historyOf(author, target)
    const scores = bm25(counted, queries[target] as string[], { ...config.rank.bm25, range })
    const candidates = Array.from(scores, (score, index) => ({ document: range[0] + index, score }))
    return bestFirst(candidates, author.documents)
  }
}
