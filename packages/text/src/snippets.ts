import { sentences } from './sentences.ts'

/**
 * METHOD "Retrieve and rank": whole sentences appended until `minChars` are reached or the document ends; the sentence that
 * crosses the limit belongs to the snippet. [start, end) in UTF-16 units, in order, covering the text, each but the last at
 * least `minChars` and at most `minChars + maxSentenceChars` long. Blank text has none.
 */
export function snippets(text: string, minChars = 250): Array<[start: number, end: number]> {
  const spans: Array<[number, number]> = []
  if (text.trim() === '') return spans
  let start = 0
  for (const [, end] of sentences(text)) {
    if (end - start < minChars) continue
    spans.push([start, end])
    start = end
  }
  if (start < text.length) spans.push([start, text.length])
  return spans
}
