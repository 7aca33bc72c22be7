import type { Author, Document } from '@idiolect/contracts/records'

type Target = Author['targets'][number]

/** An author with more is cut into several records, which costs the documents that two of them look back on a second embedding. */
const maxTargets = 256
const maxChars = 2_000_000

export interface AuthorPieces {
  userId: string
  /** Documents in the order of time. */
  addDocument(document: Document): Author[]
  /** `before`: its history ends before the first document of this time or later; `own`: the document added last is d_t itself. */
  addTarget(target: Omit<Target, 'history' | 'document'>, before: number, options?: { own: boolean }): Author[]
  /** Time of the last document. */
  latest(): number
  end(): Author[]
}

/**
 * Turns one author's documents and targets into records of bounded size, however much the author wrote: a record closes when it
 * is full, or when its targets and the next ones look back on nothing in common.
 * Invariant: a target's history is the last `maxDocuments` of all documents strictly before it.
 */
export function createAuthorPieces(userId: string, maxDocuments: number): AuthorPieces {
  let documents: Document[] = []
  let targets: Target[] = []
  let chars = 0

  function close(): Author[] {
    if (targets.length === 0) return []
    const from = targets[0]!.history[0]
    const last = targets.at(-1)!
    const to = Math.max(last.history[1], (last.document ?? -1) + 1)
    const author: Author = {
      userId,
      documents: documents.slice(from, to),
      targets: targets.map((target) => ({
        ...target,
        history: [target.history[0] - from, target.history[1] - from],
        ...(target.document === undefined ? {} : { document: target.document - from }),
      })),
    }
    targets = []
    chars = 0
    return [author]
  }

  /** Drops what no later target can look back on; while targets wait their documents stay. */
  function trim(): void {
    const needless = countBefore(documents, documents.at(-1)?.timestamp ?? 0) - maxDocuments
    if (targets.length === 0 && needless > maxDocuments) documents = documents.slice(needless)
  }

  return {
    userId,
    addDocument(document) {
      documents.push(document)
      const isApart = targets.length > 0 && documents.length - targets.at(-1)!.history[1] > 2 * maxDocuments
      const closed = isApart ? close() : []
      trim()
      return closed
    },
    addTarget(target, before, { own } = { own: false }) {
      const to = countBefore(documents, before)
      const from = Math.max(0, to - maxDocuments)
      const closed = targets.length > 0 && from >= targets.at(-1)!.history[1] ? close() : []
      const known = targets.at(-1)?.history[1] ?? from
      for (const document of documents.slice(known, to)) chars += document.title.length + document.text.length
      chars += target.reference?.length ?? 0
      targets.push({ ...target, history: [from, to], ...(own ? { document: documents.length - 1 } : {}) })
      return targets.length >= maxTargets || chars > maxChars ? [...closed, ...close()] : closed
    },
    latest: () => documents.at(-1)?.timestamp ?? 0,
    end: close,
  }
}

/** How many of the documents, in the order of time, are strictly earlier. Looks from the end, where the answer is near. */
function countBefore(documents: readonly Document[], timestamp: number): number {
  let count = documents.length
  while (count > 0 && documents[count - 1]!.timestamp >= timestamp) count -= 1
  return count
}
