/** The time of the first undated document of an author; each later one comes a second after the one before. */
const firstUndatedTime = Date.UTC(2000, 0)
const stepMs = 1000

export interface AuthorTimeline {
  /** When the author wrote this document, where it is known already. */
  timeOf(docId: string): number | undefined
  /** Enters a document; without a date it comes after every undated one before it. */
  enter(docId: string, date: number | undefined): number
}

/** Order stands for time where a list has no dates. Holds a document's id and time, never its words. */
export function createTimeline(): AuthorTimeline {
  const times = new Map<string, number>()
  let undated = 0
  return {
    timeOf: (docId) => times.get(docId),
    enter(docId, date) {
      const time = date ?? firstUndatedTime + stepMs * undated
      if (date === undefined) undated += 1
      times.set(docId, time)
      return time
    },
  }
}
