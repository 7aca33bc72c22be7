import type { Config } from '@idiolect/contracts/config'
import type { Document, Entry } from '@idiolect/contracts/records'
import { cutText } from '@idiolect/text/cut-text'

import type { Candidate } from './candidates.ts'

/** An entry, and where its text stands: in which of the author's documents, and from which place of the document's text on. */
export type PlacedEntry = { entry: Entry; document: number; start: number }

/**
 * METHOD: the ranked entries, joined in order and cut to `maxChars`. The last entry that fits in part is cut, the later ones
 * are dropped; separators count. Documents without text and white space around an entry take no place.
 * @param texts the `documentText` of each document
 */
export function entriesOf(
  candidates: readonly Candidate[],
  { documents, texts }: { documents: readonly Document[]; texts: readonly string[] },
  { separator, maxChars }: Pick<Config['rank'], 'separator' | 'maxChars'>,
): PlacedEntry[] {
  const entries: PlacedEntry[] = []
  let left = maxChars
  for (const { document, snippet, score } of candidates) {
    if (left <= 0) break
    const { docId, text: body } = documents[document] as Document
    const whole = texts[document] as string
    const ranked = snippet === undefined ? whole : whole.slice(snippet.start, snippet.end)
    const text = cutText(ranked.trim(), left)
    if (text === '' || body.trim() === '') continue
    entries.push({
      entry: { docId, ...(snippet === undefined ? {} : { snippet: snippet.ordinal }), score, text },
      document,
      start: (snippet?.start ?? 0) + ranked.length - ranked.trimStart().length,
    })
    left -= text.length + separator.length
  }
  return entries
}
