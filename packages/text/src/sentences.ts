import { splitsSurrogatePair } from './cut-text.ts'

/**
 * Longest span that is still called a sentence, UTF-16 units. Only text without sentence ends (tables, logs, base64) reaches
 * it: 4 of the 103,000 sentences of 6,370 public documents.
 */
export const maxSentenceChars = 1000

/**
 * `Intl.Segmenter` takes time proportional to its whole input for every sentence (Node 20.20: 2 µs a sentence in 1,000
 * characters, 1,660 µs in 800,000), so it only ever sees a piece of this many units.
 */
const pieceChars = 2 * maxSentenceChars

/** Node 20.19 to 24.1 (ICU 76 to 78) split 6,370 public documents alike. The locale is pinned: `und` would fall back to the machine's own, and Greek splits at semicolons. */
const segmenter = new Intl.Segmenter('en', { granularity: 'sentence' })

/**
 * A line break inside a sentence, as hard-wrapped mail has it: the next line goes on in lower case, or both lines are as
 * long as wrapped lines are and the next one begins like prose, not like a list. Every other line break ends a sentence.
 */
const softBreak =
  /\n(?=[^\S\n]{0,8}\p{Ll})(?<=\S[^\S\n]*\n)|\n(?=[^\S\n]{0,8}[\p{L}\p{N}"'“‘(][^\n]{0,99}(?:\n|$))(?<=(?:^|\n)[^\n]{50,100}\n)/gu

/**
 * What a full stop follows without ending the sentence, `U.S.` and initials among it: two sentences left together do less
 * harm than one cut in half. `I.` is left out, since many sentences end in it.
 */
const abbreviation =
  /(?:^|[\s("'“‘[])(?:(?:\p{Lu}\.)*\p{Lu}(?<!(?<!\.)I)|Mr|Mrs|Ms|Mx|Dr|Drs|Prof|St|Ste|Mt|Gen|Col|Maj|Capt|Cpt|Lt|Sgt|Gov|Sen|Rep|Rev|Hon|Pres|Messrs|Mme|Mlle|vs|cf|viz|approx|ca|Fig|Figs|Eq|Sec|Ch|Vol|Nr|pp|Ed|Eds|e\.g|i\.e|Jan|Feb|Mar|Apr|Aug|Sept|Oct|Nov|Dec)\.\s+$/u

/** Longest abbreviation, its stop, the character before it and some white space. */
const abbreviationChars = 16

/** Spares the segmenter's fixed 10 µs for the many lines without one, such as titles and list items. */
const terminator = /[\p{Sentence_Terminal}\u0085\u2028\u2029]/u

const blankLines = /(?:[^\S\n]*\n)*(?:[^\S\n]*$)?/y

/**
 * Sentences as [start, end) in UTF-16 units; each holds the white space that follows it, and together they cover `text`.
 * Unicode's sentence rules (UAX #29, by `Intl.Segmenter`), with soft line breaks and abbreviations mended and lines, being
 * paragraphs, never joined.
 */
export function sentences(text: string): Array<[start: number, end: number]> {
  const spans: Array<[number, number]> = []
  const unwrapped = text.replace(softBreak, ' ')
  let start = 0
  for (const [end, endsParagraph] of sentenceEnds(unwrapped)) {
    if (!endsParagraph && endsInAbbreviation(unwrapped, start, end)) continue
    start = pushBounded(spans, unwrapped, [start, end])
  }
  if (start < text.length) pushBounded(spans, unwrapped, [start, text.length])
  return spans
}

function* sentenceEnds(text: string): Generator<[end: number, endsParagraph: boolean]> {
  let position = 0
  while (position < text.length) {
    const lineEnd = endOfLine(text, position)
    const paragraphEnd = pastBlankLines(text, lineEnd)
    for (const end of endsWithin(text, position, lineEnd)) yield [end, false]
    yield [paragraphEnd, true]
    position = paragraphEnd
  }
}

/** The sentence ends inside one line, its own end left out. */
function* endsWithin(text: string, lineStart: number, lineEnd: number): Generator<number> {
  let position = lineStart
  while (position < lineEnd) {
    const pieceEnd = Math.min(position + pieceChars, lineEnd)
    const piece = text.slice(position, pieceEnd)
    let sentenceStart = position
    for (const { segment } of terminator.test(piece) ? segmenter.segment(piece) : [{ segment: piece }]) {
      const end = sentenceStart + segment.length
      // The last sentence of a piece may go on: it starts the next piece.
      if (end === pieceEnd) break
      yield end
      sentenceStart = end
    }
    if (sentenceStart === position && pieceEnd < lineEnd) {
      sentenceStart = lastBreak(text, position, pieceEnd)
      yield sentenceStart
    }
    if (pieceEnd === lineEnd) return
    position = sentenceStart
  }
}

function endOfLine(text: string, position: number): number {
  const newline = text.indexOf('\n', position)
  return newline === -1 ? text.length : newline + 1
}

function pastBlankLines(text: string, position: number): number {
  blankLines.lastIndex = position
  blankLines.test(text)
  return blankLines.lastIndex
}

function endsInAbbreviation(text: string, start: number, end: number): boolean {
  return abbreviation.test(text.slice(Math.max(start, end - abbreviationChars), end))
}

/** Adds the span, in pieces where it is longer than a sentence may be; returns its end. */
function pushBounded(spans: Array<[number, number]>, text: string, [start, end]: [number, number]): number {
  let from = start
  while (end - from > maxSentenceChars) {
    const to = lastBreak(text, from, from + maxSentenceChars)
    spans.push([from, to])
    from = to
  }
  spans.push([from, end])
  return end
}

/** The place after the last white space in the second half of [from, limit), else `limit`, but never inside a surrogate pair. */
function lastBreak(text: string, from: number, limit: number): number {
  for (let index = limit; index > from + (limit - from) / 2; index -= 1) {
    if (/\s/.test(text.charAt(index - 1))) return index
  }
  return splitsSurrogatePair(text, limit) ? limit - 1 : limit
}
