import type { Config } from '@idiolect/contracts/config'
import { IdiolectError } from '@idiolect/contracts/errors'
import type { Outcome } from '@idiolect/contracts/outcome'
import type { EmbeddedAuthor, RankedTarget } from '@idiolect/contracts/records'
import { documentText } from '@idiolect/text/document-text'

import type { RankTarget } from './candidates.ts'
import { entriesOf } from './entries.ts'
import { historyWords } from './history-words.ts'
import { rankDocBm25 } from './rank-doc-bm25.ts'
import { rankDocBySnippet } from './rank-doc-by-snippet.ts'
import { rankDocDense } from './rank-doc-dense.ts'
import { rankSnippet } from './rank-snippet.ts'
import { recentDoc } from './recent-doc.ts'

export type RankConfig = Pick<Config, 'rank' | 'synthesize'>

/** One outcome an author: its targets, in their order, each with its entries. */
export function rankAuthors(authors: readonly EmbeddedAuthor[], config: RankConfig): Outcome<RankedTarget[]>[] {
  return authors.map((author) => {
    try {
      return { ok: true, record: rankAuthor(author, config) }
    } catch (error) {
      if (!(error instanceof IdiolectError)) throw error
      return { ok: false, code: error.code, message: error.message }
    }
  })
}

/**
 * METHOD "Retrieve and rank", for all targets of an author at once: what is done for a document is done once.
 * @throws IdiolectError `invalid_record` where embeddings are missing or a history reaches beyond the documents
 */
export function rankAuthor(author: EmbeddedAuthor, config: RankConfig): RankedTarget[] {
  const { documents } = author
  const { method, kind } = config.synthesize
  const texts = documents.map(documentText)
  const rankTarget = strategyFor(author, texts, config)
  const wordsOf = method === 'SynCtxInd' && kind === 'extractive' ? historyWords(texts) : () => []
  return author.targets.map(({ history: [from, to], ...target }, index) => {
    if (from > to || to > documents.length) {
      throw new IdiolectError('invalid_record', `history [${from}, ${to}) of ${documents.length} documents`)
    }
    const entries = entriesOf(rankTarget(index), { documents, texts }, config.rank)
    return { ...target, entries, historyWords: wordsOf(from, to) }
  })
}

function strategyFor(author: EmbeddedAuthor, texts: readonly string[], config: RankConfig): RankTarget {
  switch (config.rank.strategy) {
    case 'RecentDoc':
      return recentDoc(author)
    case 'RankDocBM25':
      return rankDocBm25(author, texts, config)
    case 'RankDocDense':
      return rankDocDense(author)
    case 'RankSnippet':
      return rankSnippet(author)
    case 'RankDocBySnpt':
      return rankDocBySnippet(author, config)
  }
}
