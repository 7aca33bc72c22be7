import type { Config } from '@idiolect/contracts/config'
import type { EmbeddedAuthor } from '@idiolect/contracts/records'

import type { Candidate, RankTarget } from './candidates.ts'
import { rankSnippet } from './rank-snippet.ts'

/**
 * `RankDocBySnpt`: retrieves the `topSnippets` best snippets, then ranks the documents that hold them by
 * score(d) = max over the retrieved snippets of d. Of each document the first is the best, so the order is theirs.
 */
export function rankDocBySnippet(author: EmbeddedAuthor, config: Pick<Config, 'rank'>): RankTarget {
  const ranked = rankSnippet(author)
  return (target) => {
    const documents = new Map<number, Candidate>()
    for (const { document, score } of ranked(target).slice(0, config.rank.topSnippets)) {
      if (!documents.has(document)) documents.set(document, { document, score })
    }
    return [...documents.values()]
  }
}
