/** `>`, `|`, `JM>`, `] ` and the like before what another person wrote. */
const quoted = /^\s{0,4}(?:[>|»]|[A-Za-z]{1,5}>(?:\s|$)|[\]:}#%] \S)/

const saidVerb =
  '(?:wrote|writes?|said|says|spake|typed|added|replied|responded|asked|mentioned|schrieb|escribió|a écrit|skrev|scribbled|babbled|thus spake)'

/** The last line of what introduces a quotation: `On Monday, A wrote:`, `A <a@b.c> said:`, `* A (a@b.c) [020901 12:00]:`. */
const attributionEnd = new RegExp(
  String.raw`(?:(?<!\p{L})${saidVerb}(?: as follows| that)?\s*[:,]?\s*(?:\.\.\.)?$)|(?:^(?:\*|Quoting\b|Quoth\b|In (?:message|article)\b).*[:,]$)`,
  'iu',
)
const attributionStart =
  /^(?:\W{0,3}(?:on|at|in|am|le|el|once upon a time|from|quoting|in (?:message|article|reply))\b|.*<[^>]+@|.*\[mailto:)/i

/** A longer line introduces nothing; the patterns below are slow on very long ones. */
const attributionChars = 300

const datedStart = /^\W{0,3}(?:on|at|am|le|el)\b.*\d/i

/** `[Neale Pickett]`, or `On` some day anything that ends in a colon, right above quoted lines. */
const looseAttribution = /^(?:\[[^\]]{2,40}\]|\W{0,3}On .*:|.* (?:says|said|wrote|writes)[^.]{0,40}[:,])$/s

/** A quoted line as long as mailers wrap them, whose rest was wrapped on to the next line, without the mark. */
const fullLineChars = 60
const wrappedRestChars = 40

const headerField =
  /^\s*\**(?:from|to|cc|date|sent|subject|message-id|reply-to|organization|newsgroups|von|an|gesendet|betreff)\**\s*:\s/i

/** Lines that other people wrote, and those that say so. */
export function withoutQuotations(lines: readonly string[]): string[] {
  const foreign = lines.map((line) => quoted.test(line))
  markHeaders(lines, foreign)
  markWrappedRests(lines, foreign)
  lines.forEach((line, index) => {
    if (foreign[index] || line === '' || line.length > attributionChars) return
    const first = attributionFirst(lines, index)
    if (isAttribution(lines, { first, last: index, opens: startsQuotation(lines, foreign, index) })) {
      foreign.fill(true, first, index + 1)
    }
  })
  return lines.filter((_, index) => !foreign[index])
}

function isAttribution(
  lines: readonly string[],
  { first, last, opens }: { first: number; last: number; opens: boolean },
): boolean {
  const line = lines[last]!
  if (attributionEnd.test(line)) return opens || (/[:.]$/.test(line) && attributionStart.test(lines[first]!))
  const standsAlone = (lines[last - 1] ?? '') === '' && /^.{1,80}:$/.test(line)
  return opens && (standsAlone || looseAttribution.test(lines.slice(first, last + 1).join('\n')))
}

/** An attribution may run over three lines; where a date opens it, it begins there. */
function attributionFirst(lines: readonly string[], end: number): number {
  let first = end
  for (let above = end; above > end - 3 && above >= 0 && lines[above] !== ''; above -= 1) {
    if (lines[above]!.length > attributionChars) return first
    if (datedStart.test(lines[above]!)) return above
    if (first === end && attributionStart.test(lines[above]!)) first = above
  }
  return first
}

function startsQuotation(lines: readonly string[], foreign: readonly boolean[], index: number): boolean {
  let next = index + 1
  while (next < lines.length && lines[next] === '') next += 1
  return next < lines.length && foreign[next] === true
}

function markWrappedRests(lines: readonly string[], foreign: boolean[]): void {
  lines.forEach((line, index) => {
    const above = lines[index - 1] ?? ''
    const isBelowFullLine = foreign[index - 1] === true && quoted.test(above) && above.length >= fullLineChars
    if (foreign[index] || !isBelowFullLine || line === '' || line.length >= wrappedRestChars) return
    const isBeforeQuoted = foreign[index + 1] === true
    if (isBeforeQuoted || (/^\p{Ll}/u.test(line) && (lines[index + 1] ?? '') === '')) foreign[index] = true
  })
}

/** Two or more header fields in a row head a message that stands below: forwarded, or quoted without marks. */
function markHeaders(lines: readonly string[], foreign: boolean[]): void {
  for (let index = 0; index < lines.length; index += 1) {
    let end = index
    while (end < lines.length && (headerField.test(lines[end]!) || (end > index && /^\s+\S/.test(lines[end]!))))
      end += 1
    const fields = lines.slice(index, end).filter((line) => headerField.test(line)).length
    if (fields < 2) continue
    foreign.fill(true, index, end)
    if (fields >= 3 && !startsQuotation(lines, foreign, end - 1)) foreign.fill(true, index)
    index = end
  }
}
