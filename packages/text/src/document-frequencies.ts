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

/** Words that are counted at once, about 170 MB; beyond it the rarest so far are forgotten. */
const maxCounted = 4_000_000

/** Words are forgotten as well where they are longer than this on average: whoever writes base64 writes a new word each time. */
const maxMeanChars = 16

/**
 * Counts, over `add`ed documents, the documents that hold each word. Exact up to `maxCounted` different words; beyond it the
 * counts of the rarest words may be too low, in a way that depends on nothing but the order of the documents.
 */
export function countDocumentFrequencies({ limit = maxCounted } = {}): DocumentFrequencyCount {
  const counts = createWordCounts()
  let documents = 0
  let rare = 1
  const isOver = (words: number) => counts.size() > words || counts.chars() > words * maxMeanChars
  return {
    get documents() {
      return documents
    },
    df: (word) => counts.of(word) ?? 1,
    add(text) {
      documents += 1
      const folded = foldText(text)
      scanWords(folded, (start, end) => counts.add(folded, { start, end, document: documents }))
      while (isOver(limit)) {
        counts.forget(rare)
        if (isOver(limit / 2)) rare += 1
      }
    },
    encode: () => encode(documents, counts),
  }
}

function encode(documents: number, counts: WordCounts): Buffer {
  const lines = counts
    .mostFrequent(maxEncoded)
    .sort(([wordA, countA], [wordB, countB]) => countB - countA || (wordA < wordB ? -1 : 1))
    .slice(0, maxEncoded)
    .map(([word, count]) => `${word}\t${count}`)
  return gzipSync([documents, ...lines].join('\n'))
}

interface WordCounts {
  size(): number
  /** Of all words together, in UTF-16 units. */
  chars(): number
  /** Counts the word that stands in the text from `start` to `end`, once a document. */
  add(text: string, place: { start: number; end: number; document: number }): void
  of(word: string): number | undefined
  /** Forgets the words that were counted at most so many times. */
  forget(atMost: number): void
  /** At least the `many` most frequent of those that were counted more than once, in no order. */
  mostFrequent(many: number): [word: string, count: number][]
}

/**
 * A hash table in typed arrays. Four million words in a Map of strings take 400 MB, which the garbage collector goes through
 * again and again, and counting takes twice the CPU time.
 */
function createWordCounts(): WordCounts {
  let capacity = 65_536
  let size = 0
  /** The words one after the other; word w has the units from starts[w] to starts[w + 1]. */
  let units = new Uint16Array(8 * capacity)
  let starts = new Uint32Array(capacity + 1)
  let hashes = new Int32Array(capacity)
  let counts = new Uint32Array(capacity)
  /** The document that a word was counted in last. */
  let latest = new Uint32Array(capacity)
  /** Open addressing with linear probing, half full at most: 0, or the word's number plus one. */
  let slots = new Int32Array(2 * capacity)

  /** The slot that holds the word, or the empty one where it belongs. */
  function findSlot(text: string, start: number, end: number, hash: number): number {
    const mask = slots.length - 1
    let slot = hash & mask
    for (let held = slots[slot]!; held !== 0; held = slots[slot]!) {
      if (hashes[held - 1] === hash && isWord(held - 1, text, start, end)) return slot
      slot = (slot + 1) & mask
    }
    return slot
  }

  function isWord(word: number, text: string, start: number, end: number): boolean {
    const from = starts[word]!
    if (starts[word + 1]! - from !== end - start) return false
    for (let index = start; index < end; index += 1) {
      if (units[from + index - start] !== text.charCodeAt(index)) return false
    }
    return true
  }

  function append(text: string, start: number, end: number): void {
    let unit = starts[size]!
    if (unit + end - start > units.length) units = enlarged(units, 2 * (unit + end - start))
    for (let index = start; index < end; index += 1) {
      units[unit] = text.charCodeAt(index)
      unit += 1
    }
    size += 1
    starts[size] = unit
  }

  function grow(): void {
    capacity *= 2
    starts = enlarged(starts, capacity + 1)
    hashes = enlarged(hashes, capacity)
    counts = enlarged(counts, capacity)
    latest = enlarged(latest, capacity)
    slots = new Int32Array(2 * capacity)
    fillSlots()
  }

  function fillSlots(): void {
    const mask = slots.length - 1
    for (let word = 0; word < size; word += 1) {
      let slot = hashes[word]! & mask
      while (slots[slot] !== 0) slot = (slot + 1) & mask
      slots[slot] = word + 1
    }
  }

  return {
    size: () => size,
    chars: () => starts[size]!,
    add(text, { start, end, document }) {
      const hash = hashSlice(text, start, end)
      let slot = findSlot(text, start, end, hash)
      if (slots[slot] === 0) {
        if (size === capacity) {
          grow()
          slot = findSlot(text, start, end, hash)
        }
        hashes[size] = hash
        counts[size] = 0
        latest[size] = 0
        append(text, start, end)
        slots[slot] = size
      }
      const word = slots[slot]! - 1
      if (latest[word] === document) return
      latest[word] = document
      counts[word]! += 1
    },
    of(word) {
      const held = slots[findSlot(word, 0, word.length, hashSlice(word, 0, word.length))]!
      return held === 0 ? undefined : counts[held - 1]
    },
    forget(atMost) {
      let kept = 0
      let from = 0
      for (let word = 0; word < size; word += 1) {
        const to = starts[word + 1]!
        if (counts[word]! > atMost) {
          const unit = starts[kept]!
          units.copyWithin(unit, from, to)
          starts[kept + 1] = unit + to - from
          hashes[kept] = hashes[word]!
          counts[kept] = counts[word]!
          latest[kept] = latest[word]!
          kept += 1
        }
        from = to
      }
      size = kept
      slots.fill(0)
      fillSlots()
    },
    mostFrequent(many) {
      const repeated = counts.subarray(0, size).filter((count) => count > 1)
      const fewest = repeated.sort().at(-many) ?? 2
      const found: [string, number][] = []
      for (let word = 0; word < size; word += 1) {
        if (counts[word]! < fewest) continue
        const own = units.subarray(starts[word], starts[word + 1])
        found.push([Buffer.from(own.buffer, own.byteOffset, own.byteLength).toString('utf16le'), counts[word]!])
      }
      return found
    },
  }
}

function enlarged<T extends Uint16Array | Uint32Array | Int32Array>(array: T, length: number): T {
  const larger = new (array.constructor as new (length: number) => T)(length)
  larger.set(array)
  return larger
}

function hashSlice(text: string, start: number, end: number): number {
  let hash = 0x811c9dc5
  for (let index = start; index < end; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return Math.imul(hash ^ (hash >>> 15), 0x85ebca6b) ^ (hash >>> 13)
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
