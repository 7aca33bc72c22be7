import type { Author, Document } from '@idiolect/contracts/records'

import { createHistoryWindow, type HistoryLimits, type Span } from './history-window.ts'

type Target = Omit<Author['targets'][number], 'history' | 'document'>

/** An author with more is cut into several records, which costs the documents that two of them look back on a second embedding. */
const maxTargets = 256

/** At least two histories, so that no more than half of what a record holds was embedded before. */
const leastMaxChars = 2_000_000

export interface AuthorPieces {
  userId: string
  /** In the order of time; `chars`: of its whole text. */
  addDocument(document: Document, chars: number): void
  /** Its history ends before the documents of the last time; `own`: the document added last is d_t itself, and goes along. */
  addTarget(target: Target, options?: { own: boolean }): Author[]
  /** The documents of the last time belong to the past of the targets that follow. */
  passTime(): void
  /** Time of the last document. */
  latest(): number
  end(): Author[]
}

interface Waiting {
  target: Target
  /** By the numbers of the window. */
  history: Span
  own: Document | null
}

/**
 * Turns one author's documents and targets into records of bounded size, however much the author wrote: a record closes when it
 * is full, or when its targets and the next one look back on nothing in common.
 * Invariant: a target's history is the most recent of all documents strictly before it, within the limits.
 */
export function createAuthorPieces(userId: string, limits: HistoryLimits): AuthorPieces {
  const window = createHistoryWindow<{ document: Document; timestamp: number; chars: number }>(limits)
  const maxChars = Math.max(leastMaxChars, 2 * limits.maxChars)
  let last: Document | null = null
  let waiting: Waiting[] = []
  /** What the waiting targets look back on. */
  let documents: Document[] = []
  let chars = 0

  function close(): Author[] {
    if (waiting.length === 0) return []
    const first = waiting[0]!.history[0]
    const places = new Map(documents.map((document, place) => [document, place]))
    const placeOf = (document: Document) => {
      if (!places.has(document)) places.set(document, places.size)
      return places.get(document)!
    }
    const targets = waiting.map(({ target, history: [from, to], own }): Author['targets'][number] => ({
      ...target,
      history: [from - first, to - first],
      ...(own === null ? {} : { document: placeOf(own) }),
    }))
    const author = { userId, documents: [...places.keys()], targets }
    waiting = []
    documents = []
    chars = 0
    return [author]
  }

  /** What a target with this history adds to the documents that wait already. */
  function unknownOf([from, to]: Span) {
    const found = window.documents([Math.max(from, waiting.at(-1)?.history[1] ?? from), to])
    return { found, foundChars: found.reduce((sum, document) => sum + document.chars, 0) }
  }

  return {
    userId,
    addDocument(document, documentChars) {
      window.add({ document, timestamp: document.timestamp, chars: documentChars })
      last = document
    },
    addTarget(target, { own } = { own: false }) {
      const history = window.span()
      const targetChars = target.reference?.length ?? 0
      const isApart = waiting.length > 0 && history[0] >= waiting.at(-1)!.history[1]
      const isFull = chars + targetChars + unknownOf(history).foundChars > maxChars
      const closed = isApart || isFull || waiting.length >= maxTargets ? close() : []
      const { found, foundChars } = unknownOf(history)
      documents.push(...found.map(({ document }) => document))
      chars += targetChars + foundChars
      waiting.push({ target, history, own: own ? last : null })
      return closed
    },
    passTime: window.passTime,
    latest: () => last?.timestamp ?? 0,
    end: close,
  }
}
