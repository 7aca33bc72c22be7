import { foldsTo, plainWords, wordHash } from '@idiolect/text/plain-words'
import { words } from '@idiolect/text/words'

export type TermCounts = {
  /** Words a document. */
  lengths: Float64Array
  /** documents × terms: how often each document holds each term. */
  counts: Float64Array
  terms: ReadonlyMap<string, number>
}

/** How long each document is and how often it holds each of the terms, its tokens being `words(text)`, in one pass. */
export function countTerms(texts: readonly string[], distinctTerms: ReadonlySet<string>): TermCounts {
  const names = [...distinctTerms]
  const table = hashTable(names)
  const lengths = new Float64Array(texts.length)
  const counts = new Float64Array(texts.length * names.length)
  const terms = new Map(names.map((name, term) => [name, term]))
  texts.forEach((text, document) => {
    const row = counts.subarray(document * names.length, (document + 1) * names.length)
    lengths[document] = countPlainWords(text, table, row) ?? countWords(text, terms, row)
  })
  return { lengths, counts, terms }
}

/** Open addressing; a slot holds a term's index + 1, or 0. */
type HashTable = { names: readonly string[]; slots: Int32Array; mask: number }

function hashTable(names: readonly string[]): HashTable {
  // Mostly empty, since nearly every look-up is for a word that is not there.
  const size = 2 ** Math.ceil(Math.log2(8 * names.length + 8))
  const table: HashTable = { names, slots: new Int32Array(size), mask: size - 1 }
  names.forEach((name, term) => {
    let slot = slotOf(wordHash(name), table.mask)
    while (table.slots[slot] !== 0) slot = (slot + 1) & table.mask
    table.slots[slot] = term + 1
  })
  return table
}

function slotOf(hash: number, mask: number): number {
  return (hash ^ (hash >>> 15)) & mask
}

/** Adds to the counts in `row`. @returns the number of words, null where the text is not plain */
function countPlainWords(text: string, { names, slots, mask }: HashTable, row: Float64Array): number | null {
  const found = plainWords(text)
  if (found === null) return null
  const { count, starts, ends, hashes } = found
  for (let word = 0; word < count; word += 1) {
    let slot = slotOf(hashes[word]!, mask)
    for (let term = slots[slot]!; term !== 0; term = slots[slot]!) {
      if (foldsTo(names[term - 1]!, text, [starts[word]!, ends[word]!])) {
        row[term - 1]! += 1
        break
      }
      slot = (slot + 1) & mask
    }
  }
  return count
}

function countWords(text: string, terms: ReadonlyMap<string, number>, row: Float64Array): number {
  const found = words(text)
  for (const word of found) {
    const term = terms.get(word)
    if (term !== undefined) row[term]! += 1
  }
  return found.length
}
