import type { Config } from '@idiolect/contracts/config'
import { configFor } from '@idiolect/contracts/methods'
import { isModelMade } from '@idiolect/contracts/needs'
import type { Outcome } from '@idiolect/contracts/outcome'
import type { RankedTarget, SummarizedTarget } from '@idiolect/contracts/records'
import { answerEach } from '@idiolect/models/answer-each'
import type { TextGenerator } from '@idiolect/models/text-generator'
import { chooseSnippets } from '@idiolect/selectors/choose-snippets'
import type { Selector } from '@idiolect/selectors/selector'
import { cutText } from '@idiolect/text/cut-text'
import { sentences } from '@idiolect/text/sentences'

import { extractiveSummary } from './extractive-summary.ts'
import { snippetLabel } from './snippet-label.ts'
import { summaryPrompt, summaryRequest } from './summary-request.ts'

export type SummarizeDependencies = {
  config: Config
  /** Needed where `summarize.kind` is `model`. */
  generator: TextGenerator | null
  /** Needed for `SumCtx` of kind `extractive`. */
  selector: Selector | null
  signal: AbortSignal
}

/**
 * METHOD "Summarize": adds a summary of at most `summarize.maxChars` characters, empty where there is nothing to summarize;
 * in the dataset task also what Su is to be trained on.
 * @returns an outcome a target, in order
 * @throws IdiolectError where the model itself fails, and the signal's reason once it is aborted
 */
export async function summarizeTargets(
  targets: readonly RankedTarget[],
  { config, generator, selector, signal }: SummarizeDependencies,
): Promise<Outcome<SummarizedTarget>[]> {
  const asks = (target: RankedTarget) => isModelMade(configFor(config, target.method), 'summarize')
  const requestOf = (target: RankedTarget) =>
    asks(target) && target.entries.length > 0 ? summaryRequest(target, configFor(config, target.method)) : null
  const answers = await answerEach(targets, requestOf, { generator, signal })
  return targets.map((target, index) => {
    const own = configFor(config, target.method)
    const answer = answers[index] ?? nothingAsked
    if (!answer.ok) return answer
    const example = own.task === 'dataset' ? summaryExample(target, own) : null
    const summary = asks(target)
      ? wholeSentences(answer.text, own.summarize.maxChars)
      : extractive(target, { config: own, selector, label: example?.completion ?? '' })
    return { ok: true, record: { ...target, summary, ...(example === null ? {} : { summaryExample: example }) } }
  })
}

/** A target without entries has nothing to summarize. */
const nothingAsked = { ok: true as const, text: '' }

type ExtractiveOptions = { config: Config; selector: Selector | null; label: string }

function extractive(target: RankedTarget, { config, selector, label }: ExtractiveOptions): string {
  const { method, maxChars } = config.summarize
  switch (method) {
    case 'none':
      return ''
    case 'label':
      return label
    case 'SumCtx':
      return snippetTexts(
        target,
        chooseSnippets(selector!, { ...target, entrySnippets: target.entrySnippets ?? [] }, maxChars),
      )
    case 'SumCtxInd':
      return extractiveSummary(target.entries, maxChars)
  }
}

/** What a model of Su is trained on: the prompt that it gets at inference, and the past snippets of the weak label. */
function summaryExample(target: RankedTarget, config: Config): NonNullable<SummarizedTarget['summaryExample']> {
  const chosen = snippetLabel(target.targetSimilarities ?? [])
  return {
    prompt: summaryPrompt(target, { ...config.summarize, method: 'SumCtx' }, config.rank),
    completion: snippetTexts(target, chosen),
    chosen,
  }
}

function snippetTexts({ entries, entrySnippets = [] }: RankedTarget, chosen: readonly number[]): string {
  const texts = chosen.map((index) => {
    const { entry, start, end } = entrySnippets[index]!
    return entries[entry]!.text.slice(start, end)
  })
  return texts.join(' ')
}

/** The answer up to its last whole sentence within `maxChars`; a single sentence that is longer is cut. */
function wholeSentences(answer: string, maxChars: number): string {
  const text = answer.trim().replace(/\s+/g, ' ')
  const ends = sentences(text)
    .map(([, end]) => text.slice(0, end).trimEnd())
    .filter((start) => start.length <= maxChars && /\p{Sentence_Terminal}["'”’»)\]]*$/u.test(start))
  return ends.at(-1) ?? cutText(text, maxChars)
}
