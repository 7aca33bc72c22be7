import { foldsTo, scanPlainWords, wordHash } from '@idiolect/text/plain-words'
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

/** Number of words; null where the text is not plain, with `row` as it was. */
function countPlainWords(text: string, { names, slots, mask }: HashTable, row: Float64Array): number | null {
  let length = 0
  const complete = scanPlainWords(text, (start, end, hash) => {
    length += 1
    let slot = slotOf(hash, mask)
    for (let term = slots[slot] as number; term !== 0; term = slots[slot] as number) {
      if (foldsTo(names[term - 1] as string, text, [start, end])) {
        row[term - 1] = (row[term - 1] as number) + 1
        return
      }
      slot = (slot + 1) & mask
    }
  })
  if (complete) return length
  row.fill(0)
  return null
}

function countWords(text: string, terms: ReadonlyMap<string, number>, row: Float64Array): number {
  const found = words(text)
  for (const word of found) {
    const term = terms.get(word)
    if (term !== undefined) row[term] = (row[term] as number) + 1
  }
  return found.length
}
