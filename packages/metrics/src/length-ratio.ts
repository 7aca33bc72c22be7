/** Words of the outputs and of the references, of one pair or added up. */
export type WordCounts = { output: number; reference: number }

/**
 * Words of all outputs over words of all references, null where the references have none. Of the corpus and not the mean of the
 * rows' ratios: that mean is ruled by the few rows whose reference is very short, and it has no value where one is empty.
 */
export function lengthRatio(words: WordCounts): number | null {
  return words.reference === 0 ? null : words.output / words.reference
}
