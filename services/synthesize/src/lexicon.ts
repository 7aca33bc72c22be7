import { loadWordVectors, type WordVectors } from '@idiolect/lexicon/word-vectors'
import { openWordNet, type WordNet } from '@idiolect/lexicon/wordnet'
import type { DocumentFrequencies } from '@idiolect/text/document-frequencies'

import type { Lexicon } from './synthesize.ts'

let wordNet: Promise<WordNet> | null = null
let latest: { path: string; frequencies: DocumentFrequencies; vectors: Promise<WordVectors> } | null = null

/**
 * WordNet, and the word vectors of a file where one is named: those of the words that the run's documents use more than once,
 * since a whole file takes gigabytes.
 * @throws IdiolectError `input_missing`, `input_unusable`
 */
export async function lexiconOf(path: string | null, frequencies: DocumentFrequencies): Promise<Lexicon> {
  wordNet ??= openWordNet()
  if (path === null) return { synonyms: await wordNet, vectors: null }
  if (latest?.path !== path || latest.frequencies !== frequencies) {
    const keep = (word: string) => frequencies.df(word) > 1
    latest = { path, frequencies, vectors: loadWordVectors(path, { keep }) }
  }
  return { synonyms: await wordNet, vectors: await latest.vectors }
}
