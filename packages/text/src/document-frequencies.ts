import { gunzipSync, gzipSync } from 'node:zlib'

import { foldText, scanWords } from './words.ts'

/** In how many documents of a corpus a word occurs. */
export interface DocumentFrequencies {
  readonly documents: number
  /** At least 1: a word that was not counted is as rare as a word can be. */
  df(word: string): number
}

export interface DocumentFrequencyCount extends DocumentFrequencies {
  add(text: string): void
  /** For `decodeDocumentFrequencies`: gzip of the number of documents and a line a word, most frequent first. */
  encode(): Buffer
}

/** Words that go to the workers, most frequent first and then by name; the others count as seen once there. */
const maxEncoded = 200_000

/** Words that are counted at once, about 400 MB; beyond it the rarest so far are forgotten. */
const maxCounted = 4_000_000

/**
 * Counts, over `add`ed documents, the documents that hold each word. Exact up to `maxCounted` different words; beyond it the
 * counts of the rarest words may be too low, in a way that depends on nothing but the order of the documents.
 */
export function countDocumentFrequencies({ limit = maxCounted } = {}): DocumentFrequencyCount {
  const counts = new Map<string, number>()
  let documents = 0
  let rare = 1
  return {
    get documents() {
      return documents
    },
    df: (word) => counts.get(word) ?? 1,
    add(text) {
      documents += 1
      for (const word of distinctWords(text)) {
        const count = counts.get(word)
        if (count === undefined) counts.set(ownCopy(word), 1)
        else counts.set(word, count + 1)
      }
      while (counts.size > limit) {
        for (const [word, count] of counts) if (count <= rare) counts.delete(word)
        if (counts.size > limit / 2) rare += 1
      }
    },
    encode: () => encode(documents, counts),
  }
}

function encode(documents: number, counts: ReadonlyMap<string, number>): Buffer {
  const lines = [...counts]
    .filter(([, count]) => count > 1)
    .sort(([wordA, countA], [wordB, countB]) => countB - countA || (wordA < wordB ? -1 : 1))
    .slice(0, maxEncoded)
    .map(([word, count]) => `${word}\t${count}`)
  return gzipSync([documents, ...lines].join('\n'))
}

/** What `encode` made. */
export function decodeDocumentFrequencies(encoded: Buffer): DocumentFrequencies {
  const [documents, ...lines] = gunzipSync(encoded).toString().split('\n')
  const counts = new Map<string, number>()
  for (const line of lines) {
    const tab = line.indexOf('\t')
    counts.set(line.slice(0, tab), Number(line.slice(tab + 1)))
  }
  return { documents: Number(documents), df: (word) => counts.get(word) ?? 1 }
}

/** A slice keeps the text alive that it was cut from; the counts outlive millions of texts. */
function ownCopy(word: string): string {
  return Buffer.from(word).toString()
}

function distinctWords(text: string): Set<string> {
  const folded = foldText(text)
  const distinct = new Set<string>()
  scanWords(folded, (start, end) => {
    distinct.add(folded.slice(start, end))
  })
  return distinct
}
