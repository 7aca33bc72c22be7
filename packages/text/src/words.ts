/**
 * Words, for BM25, key elements and document frequencies alike: runs of letters, digits and marks, in lower case and NFC.
 * An apostrophe between two of them belongs to the word (`don't`; typographic ones become `'`), a possessive `'s` does not.
 * Han and Hiragana, written without spaces, give one word a character, as in Lucene's standard tokeniser.
 */
export function words(text: string): string[] {
  const folded = foldText(text)
  const found: string[] = []
  scanWords(folded, (start, end) => {
    found.push(folded.slice(start, end))
  })
  return found
}

/** The text in NFC and lower case, with plain apostrophes: the form that `scanWords` reads. Its length may differ. */
export function foldText(text: string): string {
  // Latin-1 is always NFC, and V8 takes longer to normalise it (140 MB/s) than to find out.
  const composed = /[\u0100-\uffff]/.test(text) ? text.normalize('NFC') : text
  return composed.toLowerCase().replaceAll('’', "'")
}

export const notInWord = 0
export const inWord = 1
export const soloWord = 2
export const apostrophe = 3
export const surrogate = 4

const wordPattern = /^[\p{L}\p{N}\p{M}]$/u
const soloPattern = /^[\p{Script=Han}\p{Script=Hiragana}]$/u

function classOfCharacter(character: string): number {
  if (character === "'") return apostrophe
  if (!wordPattern.test(character)) return notInWord
  return soloPattern.test(character) ? soloWord : inWord
}

/** The class of each UTF-16 unit: looking it up is faster than a Unicode regular expression. */
export const unitClasses: Uint8Array = Uint8Array.from({ length: 0x10000 }, (_, unit) =>
  unit >= 0xd800 && unit <= 0xdfff ? surrogate : classOfCharacter(String.fromCharCode(unit)),
)

/** Calls `visit` with [start, end) of every word of a folded text, in order. */
export function scanWords(folded: string, visit: (start: number, end: number) => void): void {
  let start = -1
  let unitsLong = 1
  for (let index = 0; index < folded.length; index += unitsLong) {
    unitsLong = 1
    let unitClass = unitClasses[folded.charCodeAt(index)] as number
    if (unitClass === surrogate) {
      const character = String.fromCodePoint(folded.codePointAt(index) as number)
      unitsLong = character.length
      unitClass = classOfCharacter(character)
    }
    if (unitClass === inWord) {
      if (start === -1) start = index
    } else if (unitClass !== apostrophe || start === -1 || !startsInWord(folded, index + 1)) {
      if (start !== -1) visit(start, withoutPossessive(folded, start, index))
      if (unitClass === soloWord) visit(index, index + unitsLong)
      start = -1
    }
  }
  if (start !== -1) visit(start, withoutPossessive(folded, start, folded.length))
}

function startsInWord(folded: string, index: number): boolean {
  return unitClasses[folded.charCodeAt(index)] === inWord
}

function withoutPossessive(folded: string, start: number, end: number): number {
  return end - start > 2 && folded.endsWith("'s", end) ? end - 2 : end
}
