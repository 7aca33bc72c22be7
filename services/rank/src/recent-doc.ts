import type { EmbeddedAuthor } from '@idiolect/contracts/records'

import { bestFirst, historyOf, type RankTarget } from './candidates.ts'

/** `RecentDoc`: documents, most recent first. The score is the timestamp in milliseconds. */
export function recentDoc(author: EmbeddedAuthor): RankTarget {
  return (target) => {
    const [from, to] = historyOf(author, target)
    const candidates = author.documents
      .slice(from, to)
      .map((document, index) => ({ document: from + index, score: document.timestamp }))
    return bestFirst(candidates, author.documents)
  }
}
