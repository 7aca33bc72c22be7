import type { Entry } from '@idiolect/contracts/records'
import { sentences } from '@idiolect/text/sentences'
import { words } from '@idiolect/text/words'

/** Shorter ones (greetings, headings, sign-offs) say nothing about what a person writes. */
const minWords = 5

/** More than 2,500 characters of entries hold; bounds the quadratic cost where a larger budget is configured. */
const maxSentences = 200

/** From its first word, not from a list's dash, to its end mark; web addresses do not sum anything up. */
const quotable = /^["'“‘«¿¡]?[\p{L}\p{N}](?!.*(?::\/\/|www\.)).*\p{Sentence_Terminal}["'”’»)\]]*$/u

/**
 * The sentences of the entries that a summary may quote, in order, each once, with white space made single: whole ones of
 * some length, or, where there are none, whatever there is.
 */
export function summarySentences(entries: readonly Entry[]): string[] {
  const all = entries.flatMap(({ text }) =>
    sentences(text).map(([start, end]) => text.slice(start, end).trim().replace(/\s+/g, ' ')),
  )
  const distinct = [...new Set(all)].filter((sentence) => sentence !== '')
  const whole = distinct.filter((sentence) => quotable.test(sentence) && words(sentence).length >= minWords)
  return (whole.length > 0 ? whole : distinct).slice(0, maxSentences)
}
