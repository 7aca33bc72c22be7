import type { Document, EmbeddedAuthor } from '@idiolect/contracts/records'

/** A document of the author, or one of its snippets, that may become an entry. */
export type Candidate = {
  /** index into the author's documents */
  document: number
  score: number
  /** Which snippet of the document, and where it stands in the document's text. */
  snippet?: { ordinal: number; start: number; end: number }
}

/** Ranks the history of the target with this index, best first. */
export type RankTarget = (target: number) => Candidate[]

/** [from, to) of the documents that a target may look back on. */
export function historyOf(author: EmbeddedAuthor, target: number): readonly [from: number, to: number] {
  return (author.targets[target] as EmbeddedAuthor['targets'][number]).history
}

/**
 * Scores are compared as they are shown, with 6 decimals: what differs less is the noise of the machine (ONNX Runtime's
 * kernels and the order of its sums), and must not decide the order. Ties: the more recent document, then `docId`, then the
 * earlier snippet.
 */
export function bestFirst(candidates: Candidate[], documents: readonly Document[]): Candidate[] {
  const rounded = candidates.map((candidate) => ({ ...candidate, score: Math.round(candidate.score * 1e6) / 1e6 }))
  return rounded.sort((a, b) => {
    if (a.score !== b.score) return b.score - a.score
    const documentA = documents[a.document] as Document
    const documentB = documents[b.document] as Document
    if (documentA.timestamp !== documentB.timestamp) return documentB.timestamp - documentA.timestamp
    if (documentA.docId !== documentB.docId) return documentA.docId < documentB.docId ? -1 : 1
    return (a.snippet?.ordinal ?? 0) - (b.snippet?.ordinal ?? 0)
  })
}
