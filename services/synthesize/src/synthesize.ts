import type { Config } from '@idiolect/contracts/config'
import type { Outcome } from '@idiolect/contracts/outcome'
import type { SummarizedTarget, SynthesizedTarget } from '@idiolect/contracts/records'
import { answerEach } from '@idiolect/models/answer-each'
import type { TextGenerator } from '@idiolect/models/text-generator'
import type { DocumentFrequencies } from '@idiolect/text/document-frequencies'

import { frequentWords } from './frequent-words.ts'
import { namedWords } from './named-words.ts'
import { wordsOpening, wordsRequest } from './words-request.ts'

export type SynthesizeDependencies = {
  config: Config
  /** Needed where `synthesize.kind` is `extractive`. */
  frequencies: DocumentFrequencies | null
  /** Needed where `synthesize.kind` is `model`. */
  generator: TextGenerator | null
  signal: AbortSignal
}

/**
 * METHOD "Synthesize": adds the author's important words, at most `synthesize.maxWords`, the most important first.
 * @returns an outcome a target, in order
 * @throws IdiolectError where the model itself fails, and the signal's reason once it is aborted
 */
export async function synthesizeTargets(
  targets: readonly SummarizedTarget[],
  dependencies: SynthesizeDependencies,
): Promise<Outcome<SynthesizedTarget>[]> {
  const { config, frequencies } = dependencies
  const { method, kind, maxWords } = config.synthesize
  if (method === 'none') return targets.map((target) => ({ ok: true, record: { ...target, keyElements: [] } }))
  if (kind === 'model') return synthesizeByModel(targets, dependencies)
  return targets.map((target) => {
    const keyElements = frequentWords(target.historyWords, frequencies!, maxWords)
    return { ok: true, record: { ...target, keyElements } }
  })
}

/** A target without entries has no words to choose from. */
const nothingAsked = { ok: true as const, text: '' }

async function synthesizeByModel(
  targets: readonly SummarizedTarget[],
  { config, generator, signal }: SynthesizeDependencies,
): Promise<Outcome<SynthesizedTarget>[]> {
  const requestOf = (target: SummarizedTarget) => (target.entries.length === 0 ? null : wordsRequest(target, config))
  const results = await answerEach(targets, requestOf, { generator: generator!, signal })
  return targets.map((target, index) => {
    const result = results[index] ?? nothingAsked
    if (!result.ok) return result
    const keyElements = namedWords(result.text.slice(wordsOpening.length), target.entries, config.synthesize.maxWords)
    return { ok: true, record: { ...target, keyElements } }
  })
}
