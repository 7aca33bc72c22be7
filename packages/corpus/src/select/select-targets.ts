import { createHash } from 'node:crypto'

import { documentText } from '@idiolect/text/document-text'

import type { StoredDocument } from '../store/bodies.ts'
import { createHistoryWindow, type HistoryWindow } from './history-window.ts'
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

export interface ChosenTarget {
  position: number
  /** Whether it looks back on some of the documents before it only, because they are too many or too long. */
  historyCut: boolean
}

export interface TargetSelector {
  add(document: Candidate): void
  /** The author's targets, in ascending order of their positions. */
  finish(): { targets: ChosenTarget[]; dropped: Dropped }
}

/** METHOD "The task", for one author: longer than `minChars`, at least `minHistory` documents strictly before it. */
export function createTargetSelector(userId: string, selection: Selection): TargetSelector {
  return selection.targets.select === 'last' ? selectLast(selection) : selectAll(userId, selection)
}

const nothingDropped: Dropped = { nearCopies: 0, belowMinPerUser: 0, aboveMaxPerUser: 0 }

/** Only the last long document: where it is dropped as a near-copy no earlier one takes its place. */
function selectLast({ targets, history }: Selection): TargetSelector {
  const window = createHistoryWindow<Candidate>(history)
  let last: { document: Candidate; history: Candidate[]; historyCut: boolean } | null = null
  return {
    add(document) {
      window.add(document)
      if (document.chars <= targets.minChars || window.before() < targets.minHistory) return
      last = { document, history: window.documents(window.span()), historyCut: isCut(window) }
    },
    finish() {
      if (last === null) return { targets: [], dropped: nothingDropped }
      const { position } = last.document
      const index = createNearCopyIndex()
      for (const document of last.history) index.add(document.position, sketchText(documentText(document)))
      if (index.has(sketchText(documentText(last.document)))) {
        return { targets: [], dropped: { ...nothingDropped, nearCopies: 1 } }
      }
      return { targets: [{ position, historyCut: last.historyCut }], dropped: nothingDropped }
    },
  }
}

function isCut(window: HistoryWindow<Candidate>): boolean {
  const [from, to] = window.span()
  return to - from < window.before()
}

function selectAll(userId: string, selection: Selection): TargetSelector {
  const { targets, history, seed, dataset } = selection
  const window = createHistoryWindow<Candidate>(history)
  const index = createNearCopyIndex()
  const chosen: (ChosenTarget & { docId: string })[] = []
  /** Of the documents of the last time; of very many those that a window can hold. */
  let waiting: { position: number; timestamp: number; sketch: Sketch }[] = []
  let nearCopies = 0

  function passTime(): void {
    for (const { position, sketch } of waiting.slice(-history.maxDocuments)) index.add(position, sketch)
    waiting = []
    const [from] = window.span()
    index.forgetBefore(window.documents([from, from + 1])[0]!.position)
  }

  return {
    add(document) {
      const { position, timestamp, docId } = document
      window.add(document)
      if (waiting[0] !== undefined && waiting[0].timestamp < timestamp) passTime()
      const sketch = sketchText(documentText(document))
      waiting.push({ position, timestamp, sketch })
      if (waiting.length > 2 * history.maxDocuments) waiting = waiting.slice(-history.maxDocuments)
      if (document.chars <= targets.minChars || window.before() < targets.minHistory) return
      if (index.has(sketch)) nearCopies += 1
      else chosen.push({ position, docId, historyCut: isCut(window) })
    },
    finish() {
      if (!dataset) return { targets: chosen, dropped: { ...nothingDropped, nearCopies } }
      if (chosen.length < targets.minPerUser) {
        return { targets: [], dropped: { ...nothingDropped, nearCopies, belowMinPerUser: chosen.length } }
      }
      const drawn = sampleTargets(chosen, { userId, seed, size: targets.maxPerUser })
      const aboveMaxPerUser = chosen.length - drawn.length
      return { targets: drawn, dropped: { ...nothingDropped, nearCopies, aboveMaxPerUser } }
    },
  }
}

/** A seeded sample that does not depend on the order of the input: the lowest hashes of seed, author and document. */
function sampleTargets<Target extends { position: number; docId: string }>(
  chosen: readonly Target[],
  { userId, seed, size }: { userId: string; seed: number; size: number },
): Target[] {
  const drawn = chosen.map((target) => ({
    target,
    draw: createHash('sha256')
      .update(JSON.stringify([seed, userId, target.docId]))
      .digest('hex'),
  }))
  drawn.sort((a, b) => (a.draw < b.draw ? -1 : 1))
  return drawn
    .slice(0, size)
    .map(({ target }) => target)
    .sort((a, b) => a.position - b.position)
}
