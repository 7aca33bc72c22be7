/** What Python's `str.split()` and `str.rstrip()` take as white space; JavaScript's `\s` differs in six characters. */
const space = '[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]'
const spaces = new RegExp(`${space}+`, 'u')
const oneSpace = new RegExp(`^${space}$`, 'u')

/** ASCII punctuation except apostrophe, comma, hyphen and full stop. */
const symbol = /[!-&(-+/:-@[-`{-~]/gu
const pointAfterNonDigit = /([^0-9])([.,])/gu
const pointBeforeNonDigit = /([.,])([^0-9])/gu
const hyphenAfterDigit = /([0-9])-/gu

const entities = [
  ['&quot;', '"'],
  ['&amp;', '&'],
  ['&lt;', '<'],
  ['&gt;', '>'],
] as const

/**
 * The tokens of `mteval-v13a`, which WMT and sacrebleu (`tokenize="13a"`, its default) score with.
 * Case is kept. Full stops and commas inside numbers and apostrophes stay in their word.
 */
export function tokenize13a(text: string): string[] {
  let line = withoutEndSpace(text).replaceAll('<skipped>', '').replaceAll('-\n', '').replaceAll('\n', ' ')
  for (const [entity, character] of entities) line = line.replaceAll(entity, character)
  return ` ${line} `
    .replace(symbol, ' $& ')
    .replace(pointAfterNonDigit, '$1 $2 ')
    .replace(pointBeforeNonDigit, ' $1 $2')
    .replace(hyphenAfterDigit, '$1 - ')
    .split(spaces)
    .filter((token) => token !== '')
}

/** A loop, since a pattern that ends in `+$` takes quadratic time over a long run of spaces inside of a text. */
function withoutEndSpace(text: string): string {
  let end = text.length
  while (end > 0 && oneSpace.test(text.charAt(end - 1))) end -= 1
  return text.slice(0, end)
}
