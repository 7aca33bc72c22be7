import type { Config } from '@idiolect/contracts/config'
import type { Outcome } from '@idiolect/contracts/outcome'
import type { RankedTarget, SummarizedTarget } from '@idiolect/contracts/records'
import { answerEach } from '@idiolect/models/answer-each'
import type { TextGenerator } from '@idiolect/models/text-generator'
import { cutText } from '@idiolect/text/cut-text'
import { sentences } from '@idiolect/text/sentences'

import { extractiveSummary } from './extractive-summary.ts'
import { summaryRequest } from './summary-request.ts'

export type SummarizeDependencies = {
  config: Config
  /** Needed where `summarize.kind` is `model`. */
  generator: TextGenerator | null
  signal: AbortSignal
}

/**
 * METHOD "Summarize": adds a summary of at most `summarize.maxChars` characters, empty where there is nothing to summarize.
 * @returns an outcome a target, in order
 * @throws IdiolectError where the model itself fails, and the signal's reason once it is aborted
 */
export async function summarizeTargets(
  targets: readonly RankedTarget[],
  dependencies: SummarizeDependencies,
): Promise<Outcome<SummarizedTarget>[]> {
  const { method, kind, maxChars } = dependencies.config.summarize
  if (method !== 'none' && kind === 'model') return summarizeByModel(targets, dependencies)
  return targets.map((target) => {
    const summary = method === 'none' ? '' : extractiveSummary(target.entries, maxChars)
    return { ok: true, record: { ...target, summary } }
  })
}

async function summarizeByModel(
  targets: readonly RankedTarget[],
  { config, generator, signal }: SummarizeDependencies,
): Promise<Outcome<SummarizedTarget>[]> {
  const requestOf = (target: RankedTarget) => (target.entries.length === 0 ? null : summaryRequest(target, config))
  const results = await answerEach(targets, requestOf, { generator: generator!, signal })
  return targets.map((target, index) => {
    const result = results[index] ?? nothingAsked
    if (!result.ok) return result
    return { ok: true, record: { ...target, summary: wholeSentences(result.text, config.summarize.maxChars) } }
  })
}

/** A target without entries has nothing to summarize. */
const nothingAsked = { ok: true as const, text: '' }

/** The answer up to its last whole sentence within `maxChars`; a single sentence that is longer is cut. */
function wholeSentences(answer: string, maxChars: number): string {
  const text = answer.trim().replace(/\s+/g, ' ')
  const ends = sentences(text)
    .map(([, end]) => text.slice(0, end).trimEnd())
    .filter((start) => start.length <= maxChars && /\p{Sentence_Terminal}["'”’»)\]]*$/u.test(start))
  return ends.at(-1) ?? cutText(text, maxChars)
}
