/** Markup that is safe to show: made by `html`, never out of a plain string. */
export type Html = { readonly markup: string }

type Value = Html | readonly Html[] | string | number | null

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** Strings are escaped, markup is taken over, null is nothing. Attribute values stand in quotes. */
export function html(literals: TemplateStringsArray, ...values: Value[]): Html {
  return { markup: String.raw({ raw: literals }, ...values.map(markupOf)) }
}

function markupOf(value: Value): string {
  if (value === null) return ''
  if (typeof value === 'object') return 'markup' in value ? value.markup : value.map(({ markup }) => markup).join('')
  return String(value).replace(/[&<>"']/g, (character) => entities[character]!)
}
