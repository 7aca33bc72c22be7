/** Markup that is safe to send: made by `html`, never out of a plain string. */
export type Html = { readonly markup: string }

type Part = Html | string | number | null | readonly Html[]

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** Markup with every value escaped, unless it is markup itself; null is nothing. Attribute values stand in quotes. */
export function html(literals: TemplateStringsArray, ...parts: Part[]): Html {
  const filled = parts.map((part, index) => toMarkup(part) + literals[index + 1]!)
  return { markup: literals[0]! + filled.join('') }
}

function toMarkup(part: Part): string {
  if (part === null) return ''
  if (typeof part === 'string' || typeof part === 'number') {
    return String(part).replace(/[&<>"']/g, (character) => entities[character]!)
  }
  return 'markup' in part ? part.markup : part.map(({ markup }) => markup).join('')
}
