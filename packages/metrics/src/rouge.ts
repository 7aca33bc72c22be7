import { lcsLength } from './longest-common-subsequence.ts'
import { nGramOverlaps } from './n-gram-overlap.ts'
import { porterStem } from './porter-stem.ts'
import { tokenIds } from './token-ids.ts'

/** Each 0 … 1 (the paper prints them times 100). */
export type RougeScore = { precision: number; recall: number; f1: number }

export type RougeScores = { rouge1: RougeScore; rouge2: RougeScore; rougeL: RougeScore }

/** Words up to this length are not stemmed. */
const maxUnstemmedChars = 3

/**
 * ROUGE-1, ROUGE-2 and ROUGE-L (Lin 2004) of one pair, as Google's rouge-score: lower case, ASCII letters and digits only, and
 * for ROUGE-L one longest common subsequence over the whole text. All 0 where a text has no tokens.
 *
 * @param options.stem Porter-stem the words first (rouge-score's `use_stemmer`); default false.
 */
export function rouge(output: string, reference: string, options: { stem?: boolean } = {}): RougeScores {
  const stem = options.stem ?? false
  const tokens = tokenIds(rougeTokens(output, stem), rougeTokens(reference, stem))
  const [unigrams, bigrams] = nGramOverlaps(tokens, 2)
  return {
    rouge1: scoreOf(unigrams!),
    rouge2: scoreOf(bigrams!),
    rougeL: scoreOf({ shared: lcsLength(tokens), output: tokens.output.length, reference: tokens.reference.length }),
  }
}

function rougeTokens(text: string, stem: boolean): string[] {
  const tokens = text.toLowerCase().match(/[a-z0-9]+/g) ?? []
  return stem ? tokens.map((token) => (token.length > maxUnstemmedChars ? porterStem(token) : token)) : tokens
}

function scoreOf({ shared, output, reference }: { shared: number; output: number; reference: number }): RougeScore {
  if (shared === 0) return { precision: 0, recall: 0, f1: 0 }
  return { precision: shared / output, recall: shared / reference, f1: (2 * shared) / (output + reference) }
}
