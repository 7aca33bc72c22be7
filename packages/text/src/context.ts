import { cutText } from './cut-text.ts'
import { documentText } from './document-text.ts'

/**
 * x_t of METHOD: the first `chars` characters of title, newline and body, used unchanged.
 * Counted in UTF-16 units; one unit less where the cut would fall inside a surrogate pair.
 */
export function immediateContext(document: { title: string; text: string }, chars: number): string {
  return cutText(documentText(document), chars)
}
