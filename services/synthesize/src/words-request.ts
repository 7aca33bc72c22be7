import type { Config } from '@idiolect/contracts/config'
import type { RankedTarget } from '@idiolect/contracts/records'
import { seedFor } from '@idiolect/contracts/seed'
import type { GenerationRequest } from '@idiolect/models/text-generator'

/** A word and the comma after it. */
const tokensPerWord = 4

/** The request for important words by a language model: from the entries alone (`SynCtxInd`), or in view of x_t (`SynCtx`). */
export function wordsRequest(target: RankedTarget, config: Config): GenerationRequest {
  const { method, maxWords } = config.synthesize
  const passages = target.entries.map(({ text }) => text).join(config.rank.separator)
  const content =
    method === 'SynCtx'
      ? `Past passages of a writer:\n\n${passages}\n\nThe writer now begins a new passage:\n\n${target.context}\n\nList up to ${maxWords} important words of the past passages that the new passage is likely to use, separated by commas.`
      : `${passages}\n\nList the ${maxWords} most important words of the passages above, separated by commas.`
  return {
    messages: [{ role: 'user', content }],
    opening: '',
    minTokens: 1,
    maxTokens: maxWords * tokensPerWord,
    temperature: 0,
    seed: seedFor(config.seed, target.id, 'synthesize'),
  }
}
