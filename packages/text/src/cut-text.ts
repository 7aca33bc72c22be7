/**
 * The first `maxChars` characters of `text`. A character is a UTF-16 unit, as in every offset of a record; where the cut
 * would fall inside a surrogate pair the result is one unit shorter.
 */
export function cutText(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text
  return text.slice(0, splitsSurrogatePair(text, maxChars) ? maxChars - 1 : maxChars)
}

/** Whether a cut before `index` would part the two halves of one code point. */
export function splitsSurrogatePair(text: string, index: number): boolean {
  return index > 0 && isHighSurrogate(text.charCodeAt(index - 1)) && isLowSurrogate(text.charCodeAt(index))
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff
}
