import { isStopWord } from '@idiolect/text/stop-words'
import { foldText, scanWords, words } from '@idiolect/text/words'

import { type Html, html } from '../html.ts'

/** The words that a text is marked for; stop words are in too many texts to say anything. */
export function tellingWords(texts: readonly string[]): Set<string> {
  return new Set(texts.flatMap(words).filter((word) => !isStopWord(word)))
}

/** Which of the wanted words the text holds, in the order of their first occurrence. */
export function sharedWords(text: string, wanted: ReadonlySet<string>): string[] {
  return [...new Set(words(text))].filter((word) => wanted.has(word))
}

/** The text with every wanted word marked wherever it occurs; words are as BM25 and Synthesize know them. */
export function markWords(text: string, wanted: ReadonlySet<string>): Html {
  if (wanted.size === 0) return html`${text}`
  const shown = text.normalize('NFC')
  const folded = foldedInPlace(shown)
  const pieces: Html[] = []
  let at = 0
  scanWords(folded, (start, end) => {
    if (!wanted.has(folded.slice(start, end))) return
    pieces.push(html`${shown.slice(at, start)}<mark>${shown.slice(start, end)}</mark>`)
    at = end
  })
  return html`${pieces}${shown.slice(at)}`
}

/** Folded, each character where it was; the few that would become longer (İ) stay as they are. */
function foldedInPlace(text: string): string {
  const folded = foldText(text)
  if (folded.length === text.length) return folded
  return Array.from(text, (character) => {
    const lower = foldText(character)
    return lower.length === character.length ? lower : character
  }).join('')
}
