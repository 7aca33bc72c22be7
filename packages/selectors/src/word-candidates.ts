import type { RankedTarget } from '@idiolect/contracts/records'
import type { DocumentFrequencies } from '@idiolect/text/document-frequencies'
import { isStopWord } from '@idiolect/text/stop-words'
import { foldText, scanWords, words } from '@idiolect/text/words'

/** What SynCtx chooses from, and in view of what. */
export type WordTarget = Pick<RankedTarget, 'context' | 'entries'>

/**
 * What is known of a word, in the order of the columns. Tried and without use on held-out users (2,163 targets): the distance to
 * words of x_t in the entries, how many of these its entries hold, whether it completes the word that x_t is cut in, its count's rank.
 */
export const wordFeatures = [
  /** Of `learnPropensities`. */
  'propensity',
  'logCount',
  'entryShare',
  'logEntry',
  'logEntries',
  'firstPosition',
  'idf',
  /** Share of the other candidates that are rarer. */
  'idfRank',
  'logCandidates',
  'inContext',
  /** Finds the other forms of a word of x_t; F1 0.462 against 0.453 without. */
  'sharedStart',
  'capitalShare',
  'length',
  'ending',
] as const

/** METHOD "Synthesize": words below it are too common to be anybody's. */
const minIdf = 1.5

/** Endings that tell parts of speech apart; a word without one has 0, the others their place from 1. */
const endings = [/ly$/, /ing$/, /ed$/, /(?:tion|ment|ness|ity)s?$/, /s$/]

export type WordCandidates = {
  /** Distinct, in the order in which the entries bring them. */
  words: string[]
  /** Row-major, a row a word, a column one of `wordFeatures`; the propensity is 0 until `withPropensities`. */
  values: Float32Array
}

type Found = {
  word: string
  idf: number
  count: number
  entries: number
  firstEntry: number
  lastEntry: number
  firstPosition: number
  capitals: number
}

/** The words of the entries that a key element may be: no stop words, none with an IDF = ln(N / df) below 1.5. One pass over the entries. */
export function wordCandidates({ context, entries }: WordTarget, frequencies: DocumentFrequencies): WordCandidates {
  const contextual = contextWords(context)
  const found = findWords(entries, frequencies)
  const idfRankOf = rankAmong(found.map(({ idf }) => idf))
  const columns = wordFeatures.length
  const values = new Float32Array(found.length * columns)
  for (const [index, candidate] of found.entries()) {
    const { word, count, idf } = candidate
    const known: Record<(typeof wordFeatures)[number], number> = {
      propensity: 0,
      logCount: Math.log(count),
      entryShare: candidate.entries / entries.length,
      logEntry: Math.log1p(candidate.firstEntry),
      logEntries: Math.log(entries.length),
      firstPosition: candidate.firstPosition,
      idf,
      idfRank: idfRankOf(idf),
      logCandidates: Math.log(found.length),
      inContext: contextual.get(word) ?? 0,
      sharedStart: sharedStart(word, contextual),
      capitalShare: candidate.capitals / count,
      length: word.length,
      ending: 1 + endings.findIndex((ending) => ending.test(word)),
    }
    for (const [column, name] of wordFeatures.entries()) values[index * columns + column] = known[name]
  }
  return { words: found.map(({ word }) => word), values }
}

/** The values with the propensities of the words, in log-odds, in their place. */
export function withPropensities(
  { words, values }: { words: readonly string[]; values: Float32Array },
  propensity: (word: string) => number,
): Float32Array {
  const filled = values.slice()
  const place = wordFeatures.indexOf('propensity')
  for (const [index, word] of words.entries()) filled[index * wordFeatures.length + place] = propensity(word)
  return filled
}

/** The words of x_t that say something, each with its number. */
function contextWords(context: string): Map<string, number> {
  const content = new Map<string, number>()
  for (const word of words(context)) if (!isStopWord(word)) content.set(word, (content.get(word) ?? 0) + 1)
  return content
}

/** The longest start that the word shares with a word of x_t, as a share of the longer of the two: 1 for the same word. */
function sharedStart(word: string, contextual: ReadonlyMap<string, number>): number {
  let most = 0
  for (const other of contextual.keys()) {
    let length = 0
    while (length < word.length && word.charCodeAt(length) === other.charCodeAt(length)) length += 1
    most = Math.max(most, length / Math.max(word.length, other.length))
  }
  return most
}

function findWords(entries: WordTarget['entries'], frequencies: DocumentFrequencies): Found[] {
  const known = new Map<string, Found | null>()
  const length = entries.reduce((sum, { text }) => sum + text.length, 0)
  let before = 0
  for (const [entry, { text }] of entries.entries()) {
    const folded = foldText(text)
    const inPlace = folded.length === text.length
    scanWords(folded, (start, end) => {
      const word = folded.slice(start, end)
      let candidate = known.get(word)
      if (candidate === undefined) {
        const idf = Math.log(frequencies.documents / frequencies.df(word))
        const isCandidate = idf >= minIdf && !isStopWord(word)
        candidate = isCandidate
          ? { word, idf, ...unseen, firstEntry: entry, firstPosition: (before + start) / length }
          : null
        known.set(word, candidate)
      }
      if (candidate === null) return
      candidate.count += 1
      if (candidate.lastEntry !== entry) candidate.entries += 1
      candidate.lastEntry = entry
      if (inPlace && text.charCodeAt(start) !== folded.charCodeAt(start)) candidate.capitals += 1
    })
    before += text.length
  }
  return [...known.values()].filter((candidate) => candidate !== null)
}

const unseen = { count: 0, entries: 0, lastEntry: -1, capitals: 0 }

/** For a value of the list, the share of the others that are larger. */
function rankAmong(values: readonly number[]): (value: number) => number {
  const sorted = Float64Array.from(values).sort()
  const others = Math.max(1, values.length - 1)
  return (value) => {
    let low = 0
    let high = sorted.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (sorted[middle]! > value) high = middle
      else low = middle + 1
    }
    return (sorted.length - low) / others
  }
}
