import type { EmbeddedAuthor } from '@idiolect/contracts/records'

import { bestFirst, type Candidate, historyOf, type RankTarget } from './candidates.ts'
import { dot, embeddingsOf, vectorRows } from './vectors.ts'

/** `RankDocDense`: documents by sim(emb(d), emb(x_t)). */
export function rankDocDense(author: EmbeddedAuthor): RankTarget {
  const { dimensions, contexts, documents } = embeddingsOf(author)
  const queries = vectorRows(contexts, dimensions, author.targets.length)
  const rows = vectorRows(documents, dimensions, author.documents.length)
  return (target) => {
    const [from, to] = historyOf(author, target)
    const candidates: Candidate[] = []
    for (let document = from; document < to; document += 1) {
      candidates.push({ document, score: dot(queries[target]!, rows[document]!) })
    }
    return bestFirst(candidates, author.documents)
  }
}
