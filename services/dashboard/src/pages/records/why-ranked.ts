import type { Config } from '@idiolect/contracts/config'
import type { Strategy } from '@idiolect/contracts/method-names'
import { configFor } from '@idiolect/contracts/methods'

const reasons: Record<Strategy, (rank: Config['rank']) => string> = {
  RecentDoc: () => 'The latest documents come first; the score is the time of writing.',
  RankDocBM25: ({ bm25 }) =>
    `Documents by BM25 (k1 ${bm25.k1}, b ${bm25.b}) with the words of the start as the query: words that they share count, rare ones more.`,
  RankDocDense: () =>
    'Documents by the nearness of their embedding to that of the start; the score is the cosine, whatever the words.',
  RankSnippet: ({ snippetChars }) =>
    `Snippets of about ${snippetChars} characters by the nearness of their embedding to that of the start; the score is the cosine.`,
  RankDocBySnpt: ({ topSnippets, snippetChars }) =>
    `Documents that hold one of the ${topSnippets} snippets (about ${snippetChars} characters) whose embeddings are nearest to that of the start; the score is the cosine of the best one.`,
}

/** What decided on a record's entries and their order, in a sentence. */
export function whyRanked(config: Config, method: string | undefined): { strategy: Strategy; reason: string } {
  const { rank } = method === undefined ? config : configFor(config, method)
  return { strategy: rank.strategy, reason: reasons[rank.strategy](rank) }
}

/** A score as its strategy means it. */
export function describeScore(strategy: Strategy, score: number): string {
  if (strategy !== 'RecentDoc') return score.toFixed(3)
  const written = new Date(score)
  return Number.isNaN(written.getTime()) ? String(score) : written.toISOString().slice(0, 10)
}
