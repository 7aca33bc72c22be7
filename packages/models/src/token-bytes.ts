/**
 * The bytes of every token of a byte-level vocabulary, as strings of one character a byte ("binary" strings, which compare
 * byte by byte), and the tokens that fit bytes that are given.
 */
export type TokenBytes = {
  /** Empty for control tokens, which stand for no text. */
  bytesOf(id: number): string
  /** Tokens that are a beginning of `bytes` or begin with all of them, in the order of their bytes. */
  fitting(bytes: string): number[]
  /** Tokens that, but for white space and case, are one of these words or its first letters, three at least. */
  beginning(words: readonly string[]): readonly number[]
}

/** Shorter ones begin too many other words. */
const fewestLetters = 3

/**
 * @param vocabulary token → id, as in `model.vocab` of a tokenizer.json with byte-level tokens
 * @param controlIds left out of `fitting`
 */
export function tokenBytes(vocabulary: Record<string, number>, controlIds: ReadonlySet<number>): TokenBytes {
  const byId: string[] = []
  for (const [token, id] of Object.entries(vocabulary)) {
    byId[id] = controlIds.has(id) ? '' : Array.from(token, (character) => byteOfCharacter.get(character) ?? '').join('')
  }
  const sorted = [...byId.keys()].filter((id) => byId[id]).sort((a, b) => (byId[a]! < byId[b]! ? -1 : 1))
  const idOf = new Map(sorted.map((id) => [byId[id]!, id]))

  const beginnings = new Map<string, number[]>()

  return {
    bytesOf: (id) => byId[id] ?? '',
    beginning(words) {
      const key = words.join(' ')
      let ids = beginnings.get(key)
      if (ids === undefined) {
        ids = sorted.filter((id) => {
          const letters = byId[id]!.trim().toLowerCase()
          return letters.length >= fewestLetters && words.some((word) => word.startsWith(letters))
        })
        beginnings.set(key, ids)
      }
      return ids
    },
    fitting(bytes) {
      const shorter = Array.from(bytes, (_, end) => idOf.get(bytes.slice(0, end))).filter((id) => id !== undefined)
      let index = firstAtLeast(sorted, (id) => byId[id]! >= bytes)
      const longer: number[] = []
      while (index < sorted.length && byId[sorted[index]!]!.startsWith(bytes)) {
        longer.push(sorted[index]!)
        index += 1
      }
      return [...shorter, ...longer]
    },
  }
}

/** Place of the first that `holds`; those before it do not, those after it do. */
function firstAtLeast(ids: readonly number[], holds: (id: number) => boolean): number {
  let low = 0
  let high = ids.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (holds(ids[middle]!)) high = middle
    else low = middle + 1
  }
  return low
}

/**
 * GPT-2's alphabet: printable Latin-1 characters stand for their own byte, the 68 others for the characters from 256 on.
 * Source: the byte-to-unicode table of OpenAI's GPT-2 encoder, which Hugging Face calls ByteLevel.
 */
const byteOfCharacter = new Map<string, string>()
for (let byte = 0, next = 256; byte < 256; byte += 1) {
  const printable = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174
  byteOfCharacter.set(String.fromCharCode(printable ? byte : next), String.fromCharCode(byte))
  if (!printable) next += 1
}
