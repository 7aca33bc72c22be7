import { foldText, scanWords } from '@idiolect/text/words'

/** Jaccard similarity of three-word shingles from which two texts count as copies of each other. */
const nearCopySimilarity = 0.8

const shingleWords = 3

/** Shingles kept of a text, those with the lowest hashes: below that many the similarity is exact, above it is off by about 0.02. */
const sketchSize = 512

/** Texts are compared that share one of their lowest hashes; two at 0.8 share none of eight with probability 0.2^8 = 3e-6. */
const probes = 8

/** The lowest hashes of a text's shingles, ascending, each once. */
export type Sketch = Uint32Array

/** Costs about 20 µs a kilobyte. Case, punctuation and white space do not count. */
export function sketchText(text: string): Sketch {
  const folded = foldText(text)
  const wordHashes: number[] = []
  scanWords(folded, (start, end) => wordHashes.push(hashSlice(folded, start, end)))
  if (wordHashes.length === 0) return Uint32Array.of(hashSlice(folded, 0, folded.length))
  const size = Math.max(1, wordHashes.length - shingleWords + 1)
  const hashes = new Uint32Array(size)
  for (let first = 0; first < size; first += 1) {
    let hash = 0x811c9dc5
    for (let word = first; word < Math.min(first + shingleWords, wordHashes.length); word += 1) {
      hash = mix(hash ^ wordHashes[word]!)
    }
    hashes[first] = hash
  }
  return lowestDistinct(hashes.sort())
}

function lowestDistinct(ascending: Uint32Array): Sketch {
  let distinct = 0
  for (let index = 0; index < ascending.length && distinct < sketchSize; index += 1) {
    if (index > 0 && ascending[index] === ascending[index - 1]) continue
    ascending[distinct] = ascending[index]!
    distinct += 1
  }
  return ascending.slice(0, distinct)
}

/** Jaccard similarity of the shingles behind two sketches, estimated from the lowest hashes of their union. */
export function similarity(a: Sketch, b: Sketch): number {
  let inA = 0
  let inB = 0
  let union = 0
  let shared = 0
  while (union < sketchSize && (inA < a.length || inB < b.length)) {
    const hashA = a[inA] ?? Number.POSITIVE_INFINITY
    const hashB = b[inB] ?? Number.POSITIVE_INFINITY
    if (hashA === hashB) shared += 1
    if (hashA <= hashB) inA += 1
    if (hashB <= hashA) inB += 1
    union += 1
  }
  return union === 0 ? 0 : shared / union
}

export interface NearCopyIndex {
  add(position: number, sketch: Sketch): void
  /** Forgets everything before `position`. */
  forgetBefore(position: number): void
  has(sketch: Sketch): boolean
}

/** The texts of a window that moves over one author's documents; positions are added in ascending order. */
export function createNearCopyIndex(): NearCopyIndex {
  const sketches = new Map<number, Sketch>()
  const holders = new Map<number, number[]>()
  return {
    add(position, sketch) {
      sketches.set(position, sketch)
      for (const hash of sketch.subarray(0, probes)) {
        const positions = holders.get(hash)
        if (positions === undefined) holders.set(hash, [position])
        else positions.push(position)
      }
    },
    forgetBefore(position) {
      for (const [old, sketch] of sketches) {
        if (old >= position) return
        sketches.delete(old)
        for (const hash of sketch.subarray(0, probes)) {
          const positions = holders.get(hash)
          if (positions === undefined) continue
          positions.shift()
          if (positions.length === 0) holders.delete(hash)
        }
      }
    },
    has(sketch) {
      const compared = new Set<number>()
      for (const hash of sketch.subarray(0, probes)) {
        for (const position of holders.get(hash) ?? []) {
          if (compared.has(position)) continue
          compared.add(position)
          if (similarity(sketch, sketches.get(position)!) >= nearCopySimilarity) return true
        }
      }
      return false
    },
  }
}

function hashSlice(text: string, start: number, end: number): number {
  let hash = 0x811c9dc5
  for (let index = start; index < end; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return mix(hash)
}

/** The finaliser of MurmurHash3: every bit of the input moves every bit of the hash. */
function mix(value: number): number {
  let hash = value
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
