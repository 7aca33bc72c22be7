import { setImmediate as nextTurn } from 'node:timers/promises'

import type { Config } from '@idiolect/contracts/config'
import { IdiolectError } from '@idiolect/contracts/errors'
import type { Strategy } from '@idiolect/contracts/method-names'
import { configFor } from '@idiolect/contracts/methods'
import { needsEntrySnippets, needsHistoryWords } from '@idiolect/contracts/needs'
import type { Outcome } from '@idiolect/contracts/outcome'
import type { EmbeddedAuthor, RankedTarget } from '@idiolect/contracts/records'
import { documentText } from '@idiolect/text/document-text'

import type { RankTarget } from './candidates.ts'
import { entriesOf } from './entries.ts'
import { entrySnippets } from './entry-snippets.ts'
import { historyWords } from './history-words.ts'
import { rankDocBm25 } from './rank-doc-bm25.ts'
import { rankDocBySnippet } from './rank-doc-by-snippet.ts'
import { rankDocDense } from './rank-doc-dense.ts'
import { rankSnippet } from './rank-snippet.ts'
import { recentDoc } from './recent-doc.ts'

/** Longer than that nothing else has to wait: other batches, and the locks of all of them. */
const workMs = 200

/** One outcome an author: its targets, in their order, each with its entries. An author may take seconds; others go on meanwhile. */
export async function rankAuthors(
  authors: readonly EmbeddedAuthor[],
  { config, signal }: { config: Config; signal: AbortSignal },
): Promise<Outcome<RankedTarget[]>[]> {
  const outcomes: Outcome<RankedTarget[]>[] = []
  let since = performance.now()
  for (const author of authors) {
    const targets: RankedTarget[] = []
    try {
      for (const target of rankTargets(author, config)) {
        targets.push(target)
        if (performance.now() - since < workMs) continue
        await nextTurn()
        signal.throwIfAborted()
        since = performance.now()
      }
      outcomes.push({ ok: true, record: targets })
    } catch (error) {
      if (!(error instanceof IdiolectError)) throw error
      outcomes.push({ ok: false, code: error.code, message: error.message })
    }
  }
  return outcomes
}

/**
 * METHOD "Retrieve and rank", for all targets of an author at once: what is done for a document is done once.
 * @throws IdiolectError `invalid_record` where embeddings are missing or a history reaches beyond the documents
 */
export function* rankTargets(author: EmbeddedAuthor, config: Config): Generator<RankedTarget> {
  const { documents } = author
  const texts = documents.map(documentText)
  const strategies = new Map<Strategy, RankTarget>()
  const wordsOf = historyWords(texts)
  const snippetsOf = entrySnippets(author, texts)
  for (const [index, { history, document: _place, ...target }] of author.targets.entries()) {
    const [from, to] = history
    if (from > to || to > documents.length) {
      throw new IdiolectError('invalid_record', `history [${from}, ${to}) of ${documents.length} documents`)
    }
    const own = configFor(config, target.method)
    const { strategy } = own.rank
    const rankTarget = strategies.get(strategy) ?? strategyFor(author, texts, own)
    strategies.set(strategy, rankTarget)
    const placed = entriesOf(rankTarget(index), { documents, texts }, own.rank)
    yield {
      ...target,
      entries: placed.map(({ entry }) => entry),
      historyWords: needsHistoryWords(own) ? wordsOf(from, to) : [],
      ...(needsEntrySnippets(own) ? snippetsOf(index, placed) : {}),
    }
  }
}

function strategyFor(author: EmbeddedAuthor, texts: readonly string[], config: Config): RankTarget {
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
