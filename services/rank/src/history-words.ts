import { isStopWord } from '@idiolect/text/stop-words'
import { words } from '@idiolect/text/words'

/** More than any number of important words that IDF may leave of them. */
const maxHistoryWords = 1000

/** What is longer is data (base64, addresses run together) and no word that an author uses. */
const maxWordChars = 64

/**
 * METHOD `SynCtxInd`: the words of all of D_t that occur more than once, without stop words, as [word, count], most frequent
 * first, then by the word. The returned function is called with the [from, to) of one target after the other; histories of
 * an author overlap nearly wholly, so only what enters and leaves is counted.
 */
export function historyWords(
  texts: readonly string[],
): (from: number, to: number) => Array<[word: string, count: number]> {
  const counts = new Map<string, number>()
  let counted: [from: number, to: number] = [0, 0]

  const add = (from: number, to: number, change: 1 | -1): void => {
    for (const text of texts.slice(from, to)) {
      for (const word of words(text)) {
        if (word.length > maxWordChars || isStopWord(word)) continue
        const count = (counts.get(word) ?? 0) + change
        if (count === 0) counts.delete(word)
        else counts.set(word, count)
      }
    }
  }

  return (from, to) => {
    if (from >= counted[1] || to <= counted[0]) {
      counts.clear()
      add(from, to, 1)
    } else {
      add(counted[0], from, -1)
      add(counted[1], to, 1)
      add(from, counted[0], 1)
      add(to, counted[1], -1)
    }
    counted = [from, to]
    return mostFrequent(counts)
  }
}

/** Words of equal count are sorted only as far as they are wanted: a quarter of the time that sorting all takes. */
function mostFrequent(counts: ReadonlyMap<string, number>): Array<[word: string, count: number]> {
  const wordsOf: string[][] = []
  for (const [word, count] of counts) {
    if (count === 1) continue
    wordsOf[count] ??= []
    wordsOf[count].push(word)
  }
  const found: Array<[word: string, count: number]> = []
  for (let count = wordsOf.length - 1; count > 1 && found.length < maxHistoryWords; count -= 1) {
    for (const word of wordsOf[count]?.sort() ?? []) found.push([word, count])
  }
  return found.slice(0, maxHistoryWords)
}
