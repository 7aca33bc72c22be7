import { count } from './figures.ts'
import { type Html, html } from './html.ts'
import { markWords } from './records/mark-words.ts'

const openChars = 3_000
// A document may be a megabyte, and a page has many.
const mostChars = 30_000

const nothing: ReadonlySet<string> = new Set()

/**
 * A text as it was written, its wanted words marked and what it was given to begin with (`given`) in a lighter tone; what is long
 * is folded away, and what is very long cut.
 */
export function longText(text: string, wanted: ReadonlySet<string> = nothing, given = ''): Html {
  const startsGiven = given !== '' && text.startsWith(given) && given.length < openChars
  const start = startsGiven ? html`<span class="given">${given}</span>` : null
  const from = startsGiven ? given.length : 0
  const head = html`<p class="text" dir="auto">${start}${markWords(text.slice(from, openChars), wanted)}</p>`
  if (text.length <= openChars) return head
  const rest = text.slice(openChars, mostChars)
  const cut =
    text.length > mostChars
      ? html`<p class="footnote">Cut here: ${count(text.length - mostChars)} characters more are in the folder.</p>`
      : null
  return html`${head}<details><summary>${count(text.length - openChars)} characters more</summary><p class="text" dir="auto">${markWords(rest, wanted)}</p>${cut}</details>`
}
