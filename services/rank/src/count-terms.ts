import { countPlainWords, notPlain } from '@idiolect/text/plain-words'
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
  const lengths = new Float64Array(texts.length)
  const counts = new Float64Array(texts.length * names.length)
  const terms = new Map(names.map((name, term) => [name, term]))
  countPlainWords(texts, names, { lengths, counts })
  for (const [document, text] of texts.entries()) {
    if (lengths[document] !== notPlain) continue
    const row = counts.subarray(document * names.length, (document + 1) * names.length)
    lengths[document] = countWords(text, terms, row)
  }
  return { lengths, counts, terms }
}

/** Writes the counts into `row`. @returns the number of words */
function countWords(text: string, terms: ReadonlyMap<string, number>, row: Float64Array): number {
  const found = words(text)
  row.fill(0)
  for (const word of found) {
    const term = terms.get(word)
    if (term !== undefined) row[term]! += 1
  }
  return found.length
}
