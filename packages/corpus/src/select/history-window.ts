export interface HistoryLimits {
  maxDocuments: number
  maxChars: number
}

/** [from, to) of an author's documents, by number. */
export type Span = readonly [from: number, to: number]

interface Measured {
  timestamp: number
  /** Of the whole document text, in UTF-16 units. */
  chars: number
}

/** What an author's next target looks back on: a window over the documents, which come in the order of time. */
export interface HistoryWindow<Document extends Measured> {
  add(document: Document): void
  /** From now on the documents of the last time count as past, too. */
  passTime(): void
  /** How many documents are strictly earlier than the one added last. */
  before(): number
  /** The most recent of those, within the limits; at least one, where there is one. */
  span(): Span
  /** Of a part of the window that begins at or after `span()[0]`. */
  documents(span: Span): Document[]
}

/**
 * Holds the documents of four windows at most, however many come, even of one and the same time.
 * Invariant: documents are numbered as they become past, and a later window never begins before an earlier one.
 */
export function createHistoryWindow<Document extends Measured>(limits: HistoryLimits): HistoryWindow<Document> {
  let past: Document[] = []
  /** The number of `past[0]`. */
  let firstNumber = 0
  /** Where in `past` the window begins, and what it holds. */
  let start = 0
  let chars = 0
  /** Documents of the last time, which are not past yet; of very many the last ones alone. */
  let present: Document[] = []
  let presentCount = 0
  let pastCount = 0

  function shrink(): void {
    const isFull = () => past.length - start > limits.maxDocuments || chars > limits.maxChars
    while (isFull() && past.length - start > 1) {
      chars -= past[start]!.chars
      start += 1
    }
    if (start <= limits.maxDocuments) return
    past = past.slice(start)
    firstNumber += start
    start = 0
  }

  function passTime(): void {
    for (const document of present.slice(-limits.maxDocuments)) {
      past.push(document)
      chars += document.chars
      shrink()
    }
    pastCount += presentCount
    presentCount = 0
    present = []
  }

  return {
    add(document) {
      if (present[0] !== undefined && present[0].timestamp !== document.timestamp) passTime()
      present.push(document)
      presentCount += 1
      if (present.length > 2 * limits.maxDocuments) present = present.slice(-limits.maxDocuments)
    },
    passTime,
    before: () => pastCount,
    span: () => [firstNumber + start, firstNumber + past.length],
    documents: ([from, to]) => past.slice(from - firstNumber, to - firstNumber),
  }
}
