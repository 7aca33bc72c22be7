import type { Config } from '@idiolect/contracts/config'
import { configFor } from '@idiolect/contracts/methods'
import type { Outcome } from '@idiolect/contracts/outcome'
import type { GeneratedTarget, SynthesizedTarget, Usage } from '@idiolect/contracts/records'
import { seedFor } from '@idiolect/contracts/seed'
import type { GenerationRequest, TextGenerator } from '@idiolect/models/text-generator'

import { generationPrompt, partNames } from './prompt.ts'

export type GenerateDependencies = {
  config: Config
  /** Null for the model `none`: the pipeline ends with the prompt, for those who run the model elsewhere. */
  generator: TextGenerator | null
  signal: AbortSignal
}

/**
 * METHOD "Generate": adds the prompt and the output, which like the paper's label is the whole text, its start included.
 * @returns an outcome a target, in order; `output_empty` where the model adds nothing to the start
 * @throws IdiolectError where the model itself fails, and the signal's reason once it is aborted
 */
export async function generateTargets(
  targets: readonly SynthesizedTarget[],
  { config, generator, signal }: GenerateDependencies,
): Promise<Outcome<GeneratedTarget>[]> {
  const requests = targets.map((target) => generationRequest(target, configFor(config, target.method)))
  const results = generator === null ? requests.map(() => promptOnly) : await generator.generate(requests, signal)
  return targets.map((target, index): Outcome<GeneratedTarget> => {
    const { messages, opening, seed } = requests[index]!
    const result = results[index]!
    if (!result.ok) return result
    if (generator !== null && result.text.slice(opening.length).trim() === '') {
      return {
        ok: false,
        code: 'output_empty',
        message: `the model added nothing to the start (${result.finishReason})`,
      }
    }
    const record: GeneratedTarget = {
      ...target,
      prompt: messages[0]!.content,
      output: result.text,
      model: generator?.model.name ?? 'none',
      usage: result.usage,
      finishReason: result.finishReason,
      seed,
    }
    return { ok: true, record }
  })
}

/** No model, no text. */
const promptOnly = {
  ok: true as const,
  text: '',
  finishReason: 'none',
  usage: { promptTokens: 0, completionTokens: 0 },
}

function generationRequest(target: SynthesizedTarget, config: Config): GenerationRequest {
  const { minTokens, maxTokens, temperature } = config.generate
  return {
    messages: [{ role: 'user', content: generationPrompt(target, config) }],
    opening: config.prompt.start === 'none' ? '' : target.context,
    notAtLineStart: partNames,
    minTokens,
    maxTokens,
    temperature,
    seed: seedFor(config.seed, target.id, 'generate'),
  }
}

/** Tokens of all texts that were made. */
export function usageOf(outcomes: readonly Outcome<GeneratedTarget>[]): Usage {
  const usage: Usage = { promptTokens: 0, completionTokens: 0 }
  for (const outcome of outcomes) {
    if (!outcome.ok) continue
    usage.promptTokens += outcome.record.usage.promptTokens
    usage.completionTokens += outcome.record.usage.completionTokens
  }
  return usage
}
