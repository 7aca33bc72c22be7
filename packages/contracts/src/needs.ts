import type { Config } from './config.ts'
import { runConfigs } from './methods.ts'

/** What a stage has to make because a later one uses it; the stages do not know each other. */
type Stages = Pick<Config, 'task' | 'rank' | 'summarize' | 'synthesize'>

/** What the context is compared with, for every record of the run: METHOD "Retrieve and rank" and the snippets to choose from. */
export function neededVectors(config: Config): { documents: boolean; snippets: boolean } {
  const configs = runConfigs(config)
  return {
    documents: configs.some(({ rank }) => rank.strategy === 'RankDocDense'),
    snippets: configs.some(
      (each) =>
        each.rank.strategy === 'RankSnippet' || each.rank.strategy === 'RankDocBySnpt' || needsEntrySnippets(each),
    ),
  }
}

/** Whether Summarize chooses among the snippets of the entries, for a weak label or by a trained selector. */
export function needsEntrySnippets({ task, summarize }: Stages): boolean {
  return task === 'dataset' || (summarize.method === 'SumCtx' && summarize.kind === 'extractive')
}

/** Whether Synthesize counts the words of all of D_t. */
export function needsHistoryWords({ synthesize }: Stages): boolean {
  return synthesize.method === 'SynCtxInd' && synthesize.kind === 'extractive'
}

/** Whether Synthesize asks how common a word is. */
export function needsFrequencies({ task, synthesize }: Stages): boolean {
  return task === 'dataset' || (synthesize.method !== 'none' && synthesize.kind === 'extractive')
}

/** Whether a language model makes the summaries, or names the words, of any record of the run. */
export function asksModel(config: Config, stage: 'summarize' | 'synthesize'): boolean {
  return config[stage].kind === 'model' && runConfigs(config).some((each) => isModelMade(each, stage))
}

/** Whether it does for the records of this configuration. */
export function isModelMade(
  config: Pick<Config, 'summarize' | 'synthesize'>,
  stage: 'summarize' | 'synthesize',
): boolean {
  const { kind, method } = config[stage]
  return kind === 'model' && method !== 'none' && method !== 'label'
}
