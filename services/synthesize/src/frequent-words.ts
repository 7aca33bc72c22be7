import type { RankedTarget } from '@idiolect/contracts/records'
import type { DocumentFrequencies } from '@idiolect/text/document-frequencies'

/** METHOD: words below it are too common to be anybody's. */
const minIdf = 1.5

/**
 * METHOD `SynCtxInd`: of the words that the author uses more than once, stop words left out, those with an IDF = ln(N / df) of
 * at least 1.5, by frequency, then by IDF, then by the word.
 */
export function frequentWords(
  historyWords: RankedTarget['historyWords'],
  frequencies: DocumentFrequencies,
  maxWords: number,
): string[] {
  return historyWords
    .map(([word, count]) => ({ word, count, idf: Math.log(frequencies.documents / frequencies.df(word)) }))
    .filter(({ idf }) => idf >= minIdf)
    .sort((a, b) => b.count - a.count || b.idf - a.idf || (a.word < b.word ? -1 : 1))
    .slice(0, maxWords)
    .map(({ word }) => word)
}
