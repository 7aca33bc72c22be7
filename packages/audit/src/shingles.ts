const shingleWords = 3

/**
 * Jaccard similarity from which two documents are copies of each other. The selection of targets drops from an estimate of 0.8 on
 * whose standard error is about 0.02: what is as alike as this has passed it five standard errors off.
 */
const nearCopySimilarity = 0.9

/**
 * Every run of three words of a text, once; of a shorter text the words that there are, of one without words the text itself.
 * @param found the words of `text`
 */
export function shinglesOf(text: string, found: readonly string[]): Set<string> {
  if (found.length === 0) return new Set([text])
  // Slices of one string take half the time of joined words.
  const joined = found.join(' ')
  const shingles = new Set<string>()
  let start = 0
  let end = found.slice(0, shingleWords).join(' ').length
  shingles.add(joined.slice(start, end))
  for (let next = shingleWords; next < found.length; next += 1) {
    start += found[next - shingleWords]!.length + 1
    end += found[next]!.length + 1
    shingles.add(joined.slice(start, end))
  }
  return shingles
}

/** Whether |A ∩ B| / |A ∪ B| is at least `nearCopySimilarity`, exactly; stops as soon as too many of the smaller set are alone. */
export function areNearCopies(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  const [smaller, larger] = a.size < b.size ? [a, b] : [b, a]
  // J ≥ s is |A ∩ B| ≥ s / (1 + s) · (|A| + |B|); rounding must not decide.
  const needed = (nearCopySimilarity / (1 + nearCopySimilarity)) * (a.size + b.size) - 0.5
  let possible = smaller.size
  for (const shingle of smaller) {
    if (possible < needed) return false
    if (!larger.has(shingle)) possible -= 1
  }
  return possible / (a.size + b.size - possible) >= nearCopySimilarity
}
