import type { Config } from '@idiolect/contracts/config'
import type { RankedTarget } from '@idiolect/contracts/records'
import { seedFor } from '@idiolect/contracts/seed'
import type { GenerationRequest } from '@idiolect/models/text-generator'

/** Room for the sentences in which a small model likes to put the words. */
const tokensPerWord = 4

/** Opens the answer, or a small model writes prose about the passages. `namedWords` gets what follows. */
export const wordsOpening = 'Keywords:'

/**
 * The request for important words by a language model: from the entries alone (`SynCtxInd`), or in view of x_t (`SynCtx`).
 * Of six wordings tried with SmolLM2-135M on four authors, these gave the most words of the entries that fit.
 */
export function wordsRequest(target: RankedTarget, config: Config): GenerationRequest {
  const { method, maxWords } = config.synthesize
  const passages = target.entries.map(({ text }) => text).join(config.rank.separator)
  const task =
    method === 'SynCtx'
      ? `List the words of the passages above that matter for this text: ${target.context}`
      : 'List the most important words of the passages above.'
  return {
    messages: [{ role: 'user', content: `${passages}\n\n${task}` }],
    opening: wordsOpening,
    minTokens: 1,
    maxTokens: maxWords * tokensPerWord,
    temperature: 0,
    seed: seedFor(config.seed, target.id, 'synthesize'),
  }
}
