import { createHash } from 'node:crypto'

/** Which keys of a profile's item hold its text, the first that is there, and which its title. */
export type ItemLayout = readonly { text: string; titles: readonly string[] }[]

/**
 * LaMP-1, -5 `title, abstract`; -2 `tag, description`; -3 `text, score`; -4, -6 `title, text`; -7 `text`. What the author chose for
 * a text, a tag or a score, stands as its title: it is what these tasks ask for.
 */
export const lampLayout: ItemLayout = [
  { text: 'abstract', titles: ['title'] },
  { text: 'description', titles: ['tag'] },
  { text: 'text', titles: ['title', 'score'] },
]

/** Abstracts `title, abstract`; reviews `summary, reviewText`; topics `summary, content` (older: `input, output`). */
export const longLampLayout: ItemLayout = [
  { text: 'abstract', titles: ['title'] },
  { text: 'reviewText', titles: ['summary'] },
  { text: 'content', titles: ['summary'] },
  { text: 'output', titles: ['input'] },
]

export interface ItemParts {
  /** Of the item, or a digest of its words where it has none. */
  docId: unknown
  title: unknown
  text: unknown
  /** undefined where the item has none. */
  date: unknown
  /** The keys of the item by the fields of a document. */
  keys: Record<string, string | undefined>
}

/** What an item says, not yet checked; null where it is no object or has none of the layout's texts. */
export function readItem(item: unknown, layout: ItemLayout): ItemParts | null {
  if (typeof item !== 'object' || item === null) return null
  const fields = item as Record<string, unknown>
  const found = layout.find(({ text }) => fields[text] !== undefined)
  if (found === undefined) return null
  const text = fields[found.text]
  const titleKey = found.titles.find((name) => fields[name] !== undefined)
  const title = titleKey === undefined ? undefined : fields[titleKey]
  return {
    docId: fields.id ?? digestOf(title, text),
    title: typeof title === 'number' || typeof title === 'bigint' ? String(title) : title,
    text,
    // A number of four digits is a year here, not Unix time.
    date: fields.date == null || fields.date === '' ? undefined : String(fields.date),
    keys: { docId: 'id', timestamp: 'date', title: titleKey, text: found.text },
  }
}

function digestOf(title: unknown, text: unknown): string {
  return createHash('sha256').update(`${title}\n${text}`).digest('hex').slice(0, 32)
}
