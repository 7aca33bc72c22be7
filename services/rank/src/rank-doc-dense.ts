import type { EmbeddedAuthor } from '@idiolect/contracts/records'

import { bestFirst, type Candidate, historyOf, type RankTarget } from './candidates.ts'
import { dot, embeddingsOf, openRowMemory, vectorRows } from './vectors.ts'

const decodeRows = openRowMemory()

/** `RankDocDense`: documents by sim(emb(d), emb(x_t)). */
export function rankDocDense(author: EmbeddedAuthor): RankTarget {
  const { dimensions, contexts, documents } = embeddingsOf(author)
  const queries = vectorRows(contexts, dimensions, author.targets.length)
  return (target) => {
    const rows = decodeRows(documents, dimensions, author.documents.length)
    const [from, to] = historyOf(author, target)
    const candidates: Candidate[] = []
    for (let document = from; document < to; document += 1) {
      candidates.push({ document, score: dot(queries[target]!, rows, document * dimensions) })
    }
    return bestFirst(candidates, author.documents)
  }
}
