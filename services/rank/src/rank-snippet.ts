import type { EmbeddedAuthor, SnippetPosition } from '@idiolect/contracts/records'

import { bestFirst, type Candidate, historyOf, type RankTarget } from './candidates.ts'
import { dot, embeddingsOf, openRowMemory, vectorRows } from './vectors.ts'

const decodeRows = openRowMemory()

/** `RankSnippet`: snippets by sim(emb(s), emb(x_t)). */
export function rankSnippet(author: EmbeddedAuthor): RankTarget {
  const { dimensions, contexts, snippets } = embeddingsOf(author)
  const positions = snippets?.positions ?? []
  const queries = vectorRows(contexts, dimensions, author.targets.length)
  const ordinals = ordinalsWithin(positions)
  return (target) => {
    const rows = decodeRows(snippets?.vectors, dimensions, positions.length)
    const [from, to] = historyOf(author, target)
    const candidates: Candidate[] = []
    positions.forEach(([document, start, end], row) => {
      if (document < from || document >= to) return
      const snippet = { ordinal: ordinals[row] as number, start, end }
      candidates.push({ document, snippet, score: dot(queries[target]!, rows, row * dimensions) })
    })
    return bestFirst(candidates, author.documents)
  }
}

/** For each snippet, how many snippets of the same document stand before it. */
function ordinalsWithin(positions: readonly SnippetPosition[]): number[] {
  const seen = new Map<number, number>()
  return positions.map(([document]) => {
    const ordinal = seen.get(document) ?? 0
    seen.set(document, ordinal + 1)
    return ordinal
  })
}
