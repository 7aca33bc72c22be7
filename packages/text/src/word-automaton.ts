import { joiner, letter, lettersFoldingTo, outside, plainUnits, unfoldable } from './plain-units.ts'

/** Longer texts, of which there is hardly one, are not plain. */
const maxUnits = 2 ** 20

/** Of a row, which has a place for each symbol: for what a unit can be, and for 60 letters of terms. */
const rowBits = 6
const width = 2 ** rowBits

/** Room for some 2,000 terms. What is never written takes no memory. */
const mostStates = 2 ** 14

/**
 * A state is a row of `moves`, called by where the row begins, and holds for each symbol the state that follows. How often a
 * state was entered is counted, and a word ends by entering one that tells which word it was:
 * - 0: in a word that begins like no term, a stranger; `joined`: after an apostrophe in it.
 * - `between` words.
 * - `ended(t)`: term t has just ended, or, for the number after the last term, a stranger. Moves as `between`.
 * - `lost`: after a unit that cannot be folded alone. Nothing leads out.
 * - For each beginning of a term, and for what a text may add to a term (`'`, `'s`, `'s'`), the state of having read that.
 *
 * That the arrays are constants makes it twice as fast.
 */
const memory = {
  moves: new Int32Array(mostStates * width),
  entered: new Int32Array(mostStates),
  /** For each UTF-16 unit its column in `moves`: what it is in plain words; but each letter of a term has its own. */
  symbols: plainUnits.slice(),
  units: new Uint16Array(maxUnits + 1),
}
const bytes = Buffer.from(memory.units.buffer)

const joined = width
const lost = 2 * width
const between = 3 * width
const ended = (term: number): number => (4 + term) * width

/** Those above and the end of a stranger. */
const fixedStates = 5

/** @returns the end of the terms from `first` on for which there is room at once; `first` where one alone is too long */
export function lastThatFits(terms: readonly string[], first: number): number {
  const letters = new Set("'s")
  let states = fixedStates
  for (let last = first; last < terms.length; last += 1) {
    const term = terms[last]!
    for (let place = 0; place < term.length; place += 1) letters.add(term[place]!)
    states += 1 + term.length + "'s'".length
    if (states > mostStates || letter + letters.size > width) return last
  }
  return terms.length
}

/**
 * Counts the words of a text and writes into `counts`, from `at` on and where it is not 0, how often it holds each term.
 * @returns the number of words; null where the text is not plain, and what was written means nothing
 */
export type CountWords = (text: string, counts: Float64Array, at: number) => number | null

/**
 * @param terms in the form of `words`, no more than fit
 * @returns a function that is good until the next one is built, for all share their memory
 */
export function buildAutomaton(terms: readonly string[]): CountWords {
  const { entered } = memory
  const firstEnded = ended(0) >> rowBits
  writeStates(terms)
  entered.fill(0, firstEnded, firstEnded + terms.length + 1)
  return (text, counts, at) => {
    const plain = text.length <= maxUnits && stateAfter(text) !== lost
    const strangers = firstEnded + terms.length
    let length = entered[strangers]!
    entered[strangers] = 0
    for (let term = 0; term < terms.length; term += 1) {
      const count = entered[firstEnded + term]!
      if (count === 0) continue
      entered[firstEnded + term] = 0
      counts[at + term] = count
      length += count
    }
    return plain ? length : null
  }
}

/** The end of what is not 0 in `moves`. */
let used = 0

function writeStates(terms: readonly string[]): void {
  const { moves } = memory
  const symbolOf = giveSymbols(terms)
  const endedStranger = ended(terms.length)
  moves.fill(0, 0, used)
  used = endedStranger + width

  const write = (state: number, atEnd: number, atJoiner: number): void => {
    moves[state | outside] = atEnd
    moves[state | joiner] = atJoiner
    moves[state | unfoldable] = lost
  }
  const follow = (state: number, symbol: number): number => {
    if (moves[state | symbol]! <= endedStranger) {
      write(used, endedStranger, symbol === joiner ? endedStranger : joined)
      moves[state | symbol] = used
      used += width
    }
    return moves[state | symbol]!
  }
  const endAt = (state: number, stateJoined: number, term: number): void => {
    moves[state | outside] = ended(term)
    moves[stateJoined | outside] = ended(term)
    moves[stateJoined | joiner] = ended(term)
  }

  write(0, endedStranger, joined)
  write(joined, endedStranger, endedStranger)
  write(between, between, between)
  moves.fill(lost, lost, lost + width)
  for (const [index, term] of terms.entries()) {
    let bare = between
    for (let place = 0; place < term.length; place += 1) bare = follow(bare, symbolOf.get(term[place]!)!)
    const bareJoined = follow(bare, joiner)
    const possessive = follow(bareJoined, symbolOf.get('s')!)
    // A term that ends in a possessive stands in a text with one more, for `words` takes one off.
    if (!term.endsWith("'s")) endAt(bare, bareJoined, index)
    endAt(possessive, follow(possessive, joiner), index)
  }
  for (let term = 0; term <= terms.length; term += 1) moves.copyWithin(ended(term), between, between + width)
}

/** The units that have symbols of their own. */
let given: number[] = []

/** Gives each letter of the terms a symbol, in place of those of the terms before. */
function giveSymbols(terms: readonly string[]): ReadonlyMap<string, number> {
  const { symbols } = memory
  for (const unit of given) symbols[unit] = letter
  given = []
  const symbolOf = new Map([["'", joiner]])
  for (const character of new Set([...terms, "'s"].join('').split(''))) {
    if (symbolOf.has(character)) continue
    const symbol = letter + symbolOf.size
    symbolOf.set(character, symbol)
    for (const form of lettersFoldingTo(character)) {
      symbols[form.charCodeAt(0)] = symbol
      given.push(form.charCodeAt(0))
    }
  }
  return symbolOf
}

/** The state after the text and a unit outside of words. */
function stateAfter(text: string): number {
  // Taken out of the loop: looked up in it, they make it half as long again.
  const { moves, entered, symbols, units } = memory
  bytes.write(text, 'utf16le')
  units[text.length] = 0
  let state = between
  for (let index = 0; index <= text.length; index += 1) {
    state = moves[state | symbols[units[index]!]!]!
    entered[state >> rowBits]! += 1
  }
  return state
}
