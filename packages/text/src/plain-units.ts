import { apostrophe, foldText, inWord, notInWord, soloWord, surrogate, unitClasses } from './words.ts'

export const outside = 0
export const joiner = 1
export const unfoldable = 2
export const letter = 3

/** Letters whose folded form hangs on their neighbours: marks and Hangul letters compose, a sigma looks whether it is the last. */
const contextual = /[\p{M}\u03a3\u1100-\u11ff]/u

/** What each UTF-16 unit is in a text that nobody has folded: `outside` of words, or of those what can be folded alone. */
export const plainUnits: Uint16Array = Uint16Array.from(unitClasses, (unitClass, unit) => {
  const character = String.fromCharCode(unit)
  const folded = foldText(character)
  if (folded === "'" || unitClass === apostrophe) return joiner
  if (folded.length !== 1 || contextual.test(character)) return unfoldable
  if (unitClass === notInWord) return outside
  if (unitClass === soloWord || unitClass === surrogate) return unfoldable
  return unitClasses[folded.charCodeAt(0)] === inWord ? letter : unfoldable
})

const capitals = new Map<string, string[]>()
plainUnits.forEach((kind, unit) => {
  const character = String.fromCharCode(unit)
  const folded = foldText(character)
  if (kind === letter && folded !== character) capitals.set(folded, [...(capitals.get(folded) ?? []), character])
})

/** The letters that fold to this folded one: itself, its capital and such. None where a text that holds it is not plain. */
export function lettersFoldingTo(folded: string): string[] {
  return [folded, ...(capitals.get(folded) ?? [])].filter((character) => plainUnits[character.charCodeAt(0)] === letter)
}
