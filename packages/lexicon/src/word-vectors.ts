import { IdiolectError } from '@idiolect/contracts/errors'

import { readLines } from './read-lines.ts'

/** Vectors of words, all of the same length. */
export interface WordVectors {
  /** How many words have a vector. */
  readonly size: number
  /** Euclidean; Infinity where one of the words has no vector. */
  distance(a: string, b: string): number
  /** @returns a function that tells which of `words` are at most `limit` away from a word, in their order */
  neighboursAmong(words: readonly string[], limit: number): (word: string) => string[]
}

export type VectorOptions = {
  /** Whether the word can be asked for. A vector of 300 takes 1.5 kB, one that is not kept nothing. */
  keep: (word: string) => boolean
}

const space = 0x20

/**
 * Reads a GloVe text file, `word v1 … vd` a line, plain or gzip. The first line and those of kept words must be well
 * formed, the others are passed over, and so are words that hold a space, of which `glove.840B` has some. Of a word that
 * comes twice the first counts. 550,000 lines a CPU-second are passed over, 12,000 of 300 numbers kept.
 * @throws IdiolectError `input_unusable` for a wrong line, and as `readLines` does
 */
export async function loadWordVectors(path: string, { keep }: VectorOptions): Promise<WordVectors> {
  const vectors = new Map<string, Float32Array>()
  let dimensions = 0
  await readLines(path, (line, lineNumber) => {
    const word = line.toString('utf8', 0, Math.max(0, line.indexOf(space)))
    const kept = keep(word) && !vectors.has(word)
    if (!kept && lineNumber > 1) return
    const numbers = line.toString('latin1').trimEnd().split(' ').slice(1)
    if (lineNumber === 1) dimensions = numbers.length
    if (numbers.length > dimensions && Number.isNaN(Number(numbers[0]))) return
    const vector = Float32Array.from(numbers, Number)
    if (numbers.length !== dimensions || dimensions === 0 || numbers.includes('') || !vector.every(Number.isFinite)) {
      const wanted = dimensions === 0 ? 'numbers' : `${dimensions} numbers, as many as line 1 holds`
      throw new IdiolectError(
        'input_unusable',
        `${path}: line ${lineNumber} is not a word and ${wanted}. Give a GloVe text file, without a header line`,
      )
    }
    if (kept) vectors.set(word, vector)
  })
  if (dimensions === 0) throw new IdiolectError('input_unusable', `${path}: is empty. Give a GloVe text file`)
  return overVectors(vectors)
}

function overVectors(vectors: ReadonlyMap<string, Float32Array>): WordVectors {
  return {
    size: vectors.size,
    distance(a, b) {
      const [vectorA, vectorB] = [vectors.get(a), vectors.get(b)]
      if (vectorA === undefined || vectorB === undefined) return Infinity
      return Math.sqrt(squaredDistance(vectorA, vectorB, Infinity))
    },
    neighboursAmong(words, limit) {
      const known = words.flatMap((word) => {
        const vector = vectors.get(word)
        return vector === undefined ? [] : [{ word, vector }]
      })
      return (word) => {
        const from = vectors.get(word)
        if (from === undefined) return []
        return known
          .filter(({ vector }) => squaredDistance(from, vector, limit ** 2) <= limit ** 2)
          .map((neighbour) => neighbour.word)
      }
    },
  }
}

/** Exact up to `limit`, else some number beyond it: unrelated words show by about 65 of GloVe's 300 components. */
function squaredDistance(a: Float32Array, b: Float32Array, limit: number): number {
  const dimensions = a.length
  let sum = 0
  for (let index = 0; index < dimensions; index += 1) {
    const difference = a[index]! - b[index]!
    sum += difference * difference
    if (sum > limit) return sum
  }
  return sum
}
