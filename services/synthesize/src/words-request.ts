import type { Config } from '@idiolect/contracts/config'
import type { RankedTarget } from '@idiolect/contracts/records'
import { seedFor } from '@idiolect/contracts/seed'
import type { GenerationRequest } from '@idiolect/models/text-generator'

/** Room for the sentences in which a small model likes to put the words. */
const tokensPerWord = 4

/** Opens the answer, or a small model writes prose about the passages. `namedWords` gets what follows. */
export const wordsOpening = 'Keywords:'

/** The request for important words by a language model. */
export function wordsRequest(target: RankedTarget, config: Config): GenerationRequest {
  return {
    messages: [{ role: 'user', content: wordsPrompt(target, config.synthesize, config.rank) }],
    opening: wordsOpening,
    minTokens: 1,
    maxTokens: config.synthesize.maxWords * tokensPerWord,
    temperature: 0,
    seed: seedFor(config.seed, target.id, 'synthesize'),
  }
}

/**
 * Asks for words from the entries alone (`SynCtxInd`), or in view of x_t (`SynCtx`). Of six wordings tried with SmolLM2-135M on
 * four authors, these gave the most words of the entries that fit.
 */
export function wordsPrompt(
  { entries, context }: Pick<RankedTarget, 'entries' | 'context'>,
  { method }: Pick<Config['synthesize'], 'method'>,
  { separator }: Pick<Config['rank'], 'separator'>,
): string {
  const passages = entries.map(({ text }) => text).join(separator)
  const task =
    method === 'SynCtx'
      ? `List the words of the passages above that matter for this text: ${context}`
      : 'List the most important words of the passages above.'
  return `${passages}\n\n${task}`
}
