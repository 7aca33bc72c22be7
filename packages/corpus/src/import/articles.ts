/** A text copied from elsewhere is long; a short passage under a link may well be the sender's. */
const articleChars = 800

const linkLine = /^\s*<?(?:URL:\s*)?(?:https?:\/\/|www\.)\S+>?\s*$/i
const byline = /^\s*by:?\s+\p{Lu}[\p{L}.'’-]*(?:\s+\p{Lu}[\p{L}.'’-]*){1,3}(?:(?:,| and ).{0,60})?\s*$/iu
const dateLine =
  /^\s*(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?,?\s+)?(?:\d{1,2}\s+(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.?,?\s+\d{4}|(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.?\s+\d{1,2},\s+\d{4})\s*$/i

/** How far above a byline or a date the link or the name of the paper may stand. */
const headLines = 12

/**
 * The lines above an article that was pasted in without any mark: it is known by its head, a link with a long text below it at
 * the start of the message, or a byline or a date on a line of its own. What stands below an article is lost with it.
 */
export function withoutArticle(lines: string[]): string[] {
  const first = lines.findIndex((line) => line !== '')
  const head = lines.findIndex((line, index) => byline.test(line) || (dateLine.test(line) && index - first < headLines))
  if (head !== -1) return lengthFrom(lines, head) < articleChars ? lines : lines.slice(0, startOfArticle(lines, head))
  const isLinkAndText = first !== -1 && linkLine.test(lines[first]!) && lengthFrom(lines, first) > articleChars
  return isLinkAndText ? [] : lines
}

/** The link above, or else the paragraph above, which is the headline. */
function startOfArticle(lines: readonly string[], head: number): number {
  for (let index = head; index >= Math.max(0, head - headLines); index -= 1)
    if (linkLine.test(lines[index]!)) return index
  let start = head
  while (start > 0 && lines[start - 1] === '') start -= 1
  while (start > 0 && lines[start - 1] !== '') start -= 1
  return start
}

function lengthFrom(lines: readonly string[], start: number): number {
  return lines.slice(start).join('\n').length
}
