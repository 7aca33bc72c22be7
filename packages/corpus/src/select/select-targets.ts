import { createHash } from 'node:crypto'

import { documentText } from '@idiolect/text/document-text'

import type { StoredDocument } from '../store/bodies.ts'
import { createNearCopyIndex, type Sketch, sketchText } from './near-copies.ts'
import type { Selection } from './selection.ts'

/** In the author's order of time. */
export type Candidate = Omit<StoredDocument, 'userId'>

/** Why documents that are long enough and have enough history are not targets. */
export interface Dropped {
  /** A near-copy stands among the documents that the target would look back on. */
  nearCopies: number
  /** Dataset task: the author has fewer than `minPerUser` targets. */
  belowMinPerUser: number
  /** Dataset task: left out by the seeded sample of `maxPerUser`. */
  aboveMaxPerUser: number
}

export interface TargetSelector {
  add(document: Candidate): void
  /** The positions of the author's targets, ascending. */
  finish(): { positions: number[]; dropped: Dropped }
}

/** METHOD "The task", for one author: longer than `minChars`, at least `minHistory` documents strictly before it. */
export function createTargetSelector(userId: string, selection: Selection): TargetSelector {
  return selection.targets.select === 'last' ? selectLast(selection) : selectAll(userId, selection)
}

const nothingDropped: Dropped = { nearCopies: 0, belowMinPerUser: 0, aboveMaxPerUser: 0 }

/** Only the last long document: where it is dropped as a near-copy no earlier one takes its place. */
function selectLast({ targets, maxDocuments }: Selection): TargetSelector {
  const recent = createRecentDocuments(maxDocuments)
  let last: { document: Candidate; history: Candidate[] } | null = null
  return {
    add(document) {
      recent.add(document)
      const isTarget = document.chars > targets.minChars && recent.before() >= targets.minHistory
      if (isTarget) last = { document, history: recent.history() }
    },
    finish() {
      if (last === null) return { positions: [], dropped: nothingDropped }
      const index = createNearCopyIndex()
      for (const document of last.history) index.add(document.position, sketchText(documentText(document)))
      if (index.has(sketchText(documentText(last.document)))) {
        return { positions: [], dropped: { ...nothingDropped, nearCopies: 1 } }
      }
      return { positions: [last.document.position], dropped: nothingDropped }
    },
  }
}

function selectAll(userId: string, selection: Selection): TargetSelector {
  const { targets, maxDocuments, seed, dataset } = selection
  const recent = createRecentDocuments(maxDocuments)
  const index = createNearCopyIndex()
  const chosen: { position: number; docId: string }[] = []
  let waiting: { position: number; timestamp: number; sketch: Sketch }[] = []
  let nearCopies = 0
  return {
    add(document) {
      recent.add(document)
      if (waiting[0] !== undefined && waiting[0].timestamp < document.timestamp) {
        for (const { position, sketch } of waiting) index.add(position, sketch)
        waiting = []
        index.forgetBefore(recent.history()[0]!.position)
      }
      const { position, timestamp } = document
      const sketch = sketchText(documentText(document))
      waiting.push({ position, timestamp, sketch })
      if (document.chars <= targets.minChars || recent.before() < targets.minHistory) return
      if (index.has(sketch)) nearCopies += 1
      else chosen.push({ position, docId: document.docId })
    },
    finish() {
      if (!dataset)
        return { positions: chosen.map(({ position }) => position), dropped: { ...nothingDropped, nearCopies } }
      if (chosen.length < targets.minPerUser) {
        return { positions: [], dropped: { ...nothingDropped, nearCopies, belowMinPerUser: chosen.length } }
      }
      const positions = sampleTargets(chosen, { userId, seed, size: targets.maxPerUser })
      return {
        positions,
        dropped: { ...nothingDropped, nearCopies, aboveMaxPerUser: chosen.length - positions.length },
      }
    },
  }
}

/** A seeded sample that does not depend on the order of the input: the lowest hashes of seed, author and document. */
function sampleTargets(
  chosen: { position: number; docId: string }[],
  { userId, seed, size }: { userId: string; seed: number; size: number },
): number[] {
  const drawn = chosen.map(({ position, docId }) => ({
    position,
    draw: createHash('sha256')
      .update(JSON.stringify([seed, userId, docId]))
      .digest('hex'),
  }))
  drawn.sort((a, b) => (a.draw < b.draw ? -1 : 1))
  return drawn
    .slice(0, size)
    .map(({ position }) => position)
    .sort((a, b) => a - b)
}

interface RecentDocuments {
  add(document: Candidate): void
  /** How many documents are strictly earlier than the one added last. */
  before(): number
  /** The most recent of those, oldest first. */
  history(): Candidate[]
}

function createRecentDocuments(maxDocuments: number): RecentDocuments {
  let documents: Candidate[] = []
  let forgotten = 0
  /** Index of the first document with the time of the last one. */
  let sameTime = 0
  return {
    add(document) {
      if (documents.at(-1)?.timestamp !== document.timestamp) sameTime = documents.length
      documents.push(document)
      const needless = sameTime - maxDocuments
      if (needless > maxDocuments) {
        documents = documents.slice(needless)
        forgotten += needless
        sameTime -= needless
      }
    },
    before: () => forgotten + sameTime,
    history: () => documents.slice(Math.max(0, sameTime - maxDocuments), sameTime),
  }
}
