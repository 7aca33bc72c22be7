const gramWords = 3

/**
 * Share of a text's word trigrams that it has said before: 1 - distinct trigrams / trigrams. 0 … 1, and 0 for a text of fewer
 * than three words. Of 5,341 mails cut at 150 words half have under 0.014 and nine in ten under 0.15; outputs of greedy decoding
 * that fell into a loop had 0.6.
 */
export function repetition(words: readonly string[]): number {
  const count = words.length - gramWords + 1
  if (count < 1) return 0
  const distinct = new Set<string>()
  for (let start = 0; start < count; start += 1) distinct.add(words.slice(start, start + gramWords).join(' '))
  return 1 - distinct.size / count
}
