import type { Config } from './config.ts'
import type { Method, Strategy } from './method-names.ts'

type Parts = { summary: 'none' | 'SumCtxInd' | 'SumCtx'; words: 'none' | 'SynCtxInd' | 'SynCtx' }
type Variant = Partial<Parts> & { strategy?: Strategy; prompt?: Partial<Config['prompt']>; model?: string | null }

const full = { summary: 'SumCtx', words: 'SynCtx' } as const

/** METHOD "What is compared". Where a method names no strategy it stands on the configured one, in the paper `RankDocBySnpt`. */
function variantOf(method: Method, { compare }: Config): Variant {
  switch (method) {
    case 'ImmedCtx':
      return { prompt: { entries: false } }
    case 'UserID':
      return { prompt: { entries: false, user: true } }
    case 'LLMZeroShot':
      return { ...full, model: compare.zeroShotModel }
    case '+SumCtxInd':
      return { summary: 'SumCtxInd' }
    case '+SumCtx':
      return { summary: 'SumCtx' }
    case '+SynCtxInd':
      return { summary: 'SumCtx', words: 'SynCtxInd' }
    case '+SynCtx':
      return full
    case '+AuthorPred':
      return { ...full, model: compare.authorPredModel }
    case 'NoRankedEntries':
      return { ...full, prompt: { entries: false } }
    case 'RemoveDocStart':
      return { ...full, prompt: { start: 'none' } }
    case 'ImmedCtxAtEnd':
      return { ...full, prompt: { start: 'last' } }
    default:
      return { strategy: method }
  }
}

const derived = new WeakMap<Config, Map<string, Config>>()

/** The configuration that holds for a record of this method; without a comparison it is the run's own. */
export function configFor(config: Config, method: string): Config {
  if (!config.compare.methods.includes(method as Method)) return config
  const known = derived.get(config) ?? new Map<string, Config>()
  derived.set(config, known)
  const before = known.get(method)
  if (before !== undefined) return before
  const { summary = 'none', words = 'none', strategy, prompt, model } = variantOf(method as Method, config)
  const made: Config = {
    ...config,
    rank: { ...config.rank, strategy: strategy ?? config.rank.strategy },
    summarize: { ...config.summarize, method: summary },
    synthesize: { ...config.synthesize, method: words },
    prompt: { ...config.prompt, ...prompt },
    generate: { ...config.generate, model: model ?? config.generate.model },
  }
  known.set(method, made)
  return made
}

/** Every configuration that a run's records may have: one, or one a method. */
export function runConfigs(config: Config): Config[] {
  const { methods: compared } = config.compare
  return compared.length === 0 ? [config] : compared.map((method) => configFor(config, method))
}

/** The names that a run's records carry: those compared, or the paper's names of what the configuration does, in its order. */
export function methodNames(config: Config): string[] {
  if (config.compare.methods.length > 0) return config.compare.methods
  const parts: string[] = [config.rank.strategy]
  if (config.summarize.method !== 'none') parts.push(config.summarize.method)
  if (config.synthesize.method !== 'none') parts.push(config.synthesize.method)
  return [parts.join('+')]
}
