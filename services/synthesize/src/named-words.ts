import type { Entry } from '@idiolect/contracts/records'
import { isStopWord } from '@idiolect/text/stop-words'
import { words } from '@idiolect/text/words'

/** The words that a model's answer names, as it orders them, each once: only words of the entries, without stop words. */
export function namedWords(answer: string, entries: readonly Entry[], maxWords: number): string[] {
  const allowed = new Set(entries.flatMap(({ text }) => words(text)))
  const named = words(answer).filter((word) => allowed.has(word) && !isStopWord(word))
  return [...new Set(named)].slice(0, maxWords)
}
