import type { Config } from '@idiolect/contracts/config'
import { configFor } from '@idiolect/contracts/methods'
import { isModelMade } from '@idiolect/contracts/needs'
import type { Outcome } from '@idiolect/contracts/outcome'
import type { SummarizedTarget, SynthesizedTarget } from '@idiolect/contracts/records'
import { keyElementLabel, type LabelSources } from '@idiolect/lexicon/word-labels'
import { answerEach } from '@idiolect/models/answer-each'
import type { TextGenerator } from '@idiolect/models/text-generator'
import { chooseWords } from '@idiolect/selectors/choose-words'
import type { Selector } from '@idiolect/selectors/selector'
import type { DocumentFrequencies } from '@idiolect/text/document-frequencies'

import { frequentWords } from './frequent-words.ts'
import { namedWords } from './named-words.ts'
import { wordsOpening, wordsPrompt, wordsRequest } from './words-request.ts'

/** Which words mean the same. */
export type Lexicon = Pick<LabelSources, 'synonyms' | 'vectors'>

export type SynthesizeDependencies = {
  config: Config
  /** Needed where words are counted: the dataset task, and `synthesize.kind` `extractive`. */
  frequencies: DocumentFrequencies | null
  /** Needed where `synthesize.kind` is `model`. */
  generator: TextGenerator | null
  /** Needed for `SynCtx` of kind `extractive`. */
  selector: Selector | null
  /** Needed in the dataset task. */
  lexicon: Lexicon | null
  signal: AbortSignal
}

/**
 * METHOD "Synthesize": adds the author's important words, at most `synthesize.maxWords`, the most important first; in the
 * dataset task also what Sy is to be trained on.
 * @returns an outcome a target, in order
 * @throws IdiolectError where the model itself fails, and the signal's reason once it is aborted
 */
export async function synthesizeTargets(
  targets: readonly SummarizedTarget[],
  dependencies: SynthesizeDependencies,
): Promise<Outcome<SynthesizedTarget>[]> {
  const { config, generator, signal } = dependencies
  const asks = (target: SummarizedTarget) => isModelMade(configFor(config, target.method), 'synthesize')
  const requestOf = (target: SummarizedTarget) =>
    asks(target) && target.entries.length > 0 ? wordsRequest(target, configFor(config, target.method)) : null
  const answers = await answerEach(targets, requestOf, { generator, signal })
  return targets.map((target, index) => {
    const own = configFor(config, target.method)
    const answer = answers[index] ?? nothingAsked
    if (!answer.ok) return answer
    const example = own.task === 'dataset' ? synthesisExample(target, { ...dependencies, config: own }) : null
    const keyElements = asks(target)
      ? namedWords(answer.text.slice(wordsOpening.length), target.entries, own.synthesize.maxWords)
      : extractive(target, { ...dependencies, config: own, label: example?.chosen ?? [] })
    return { ok: true, record: { ...target, keyElements, ...(example === null ? {} : { synthesisExample: example }) } }
  })
}

/** A target without entries has no words to choose from. */
const nothingAsked = { ok: true as const, text: '' }

type ExtractiveOptions = Pick<SynthesizeDependencies, 'config' | 'frequencies' | 'selector'> & { label: string[] }

function extractive(target: SummarizedTarget, { config, frequencies, selector, label }: ExtractiveOptions): string[] {
  const { method, maxWords } = config.synthesize
  switch (method) {
    case 'none':
      return []
    case 'label':
      return label
    case 'SynCtx':
      return chooseWords(selector!, target, { frequencies: frequencies!, maxWords })
    case 'SynCtxInd':
      return frequentWords(target.historyWords, frequencies!, maxWords)
  }
}

type Example = NonNullable<SynthesizedTarget['synthesisExample']>
type ExampleOptions = Pick<SynthesizeDependencies, 'config' | 'frequencies' | 'lexicon'>

/** What a model of Sy is trained on: the prompt that it gets at inference, and the words of the weak label. */
function synthesisExample(target: SummarizedTarget, { config, frequencies, lexicon }: ExampleOptions): Example {
  const chosen = keyElementLabel({
    entries: target.entries.map(({ text }) => text),
    target: target.reference ?? '',
    idf: (word) => Math.log(frequencies!.documents / frequencies!.df(word)),
    ...lexicon!,
    maxWords: config.synthesize.maxWords,
  })
  const prompt = wordsPrompt(target, { method: 'SynCtx' }, config.rank)
  return { prompt, completion: `${wordsOpening} ${chosen.join(', ')}`, chosen }
}
