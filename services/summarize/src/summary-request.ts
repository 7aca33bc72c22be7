import type { Config } from '@idiolect/contracts/config'
import type { RankedTarget } from '@idiolect/contracts/records'
import { seedFor } from '@idiolect/contracts/seed'
import type { GenerationRequest } from '@idiolect/models/text-generator'

/** English takes about 4.5 characters a token; the answer is cut to whole sentences afterwards. */
const charsPerToken = 4

/** The request for a summary by a language model. */
export function summaryRequest(target: RankedTarget, config: Config): GenerationRequest {
  const { maxChars } = config.summarize
  return {
    messages: [{ role: 'user', content: summaryPrompt(target, config.summarize, config.rank) }],
    opening: '',
    minTokens: 1,
    maxTokens: Math.ceil(maxChars / charsPerToken),
    temperature: 0,
    seed: seedFor(config.seed, target.id, 'summarize'),
  }
}

/**
 * Asks for a summary of the entries alone (`SumCtxInd`), or in view of x_t (`SumCtx`). The task stands after the passages; with
 * x_t before them SmolLM2-135M repeats x_t, with both labelled it invents a third text.
 */
export function summaryPrompt(
  { entries, context }: Pick<RankedTarget, 'entries' | 'context'>,
  { method }: Pick<Config['summarize'], 'method'>,
  { separator }: Pick<Config['rank'], 'separator'>,
): string {
  const passages = entries.map(({ text }) => text).join(separator)
  const task =
    method === 'SumCtx'
      ? `Summarize in two or three sentences what the passages above say about: ${context}`
      : 'Summarize the passages above in two or three sentences.'
  return `${passages}\n\n${task}`
}
