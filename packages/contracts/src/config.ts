import { z } from 'zod'

import { IdiolectError } from './errors.ts'

/** METHOD: the paper's strategies, under its names. */
export const strategies = ['RecentDoc', 'RankDocBM25', 'RankDocDense', 'RankSnippet', 'RankDocBySnpt'] as const
export type Strategy = (typeof strategies)[number]

const modelName = z.string().min(1)
const share = z.number().min(0).max(1)
const positiveInt = z.int().positive()

/** What Summarize and Synthesize can do so far; the rest needs the weak labels of the dataset task. */
function checkMethod({ method, kind }: { method: string; kind: string }, context: z.RefinementCtx): void {
  const problem = {
    label: 'label belongs to the dataset task, which is not available yet',
    SumCtx: 'SumCtx of kind extractive needs a trained selector, which is not available yet; set kind: model',
    SynCtx: 'SynCtx of kind extractive needs a trained selector, which is not available yet; set kind: model',
  }[method]
  if (problem === undefined || (method !== 'label' && kind === 'model')) return
  context.addIssue({ code: 'custom', path: ['method'], message: problem })
}

/** Every key of a run with its default. Unknown keys are errors. */
export const configSchema = z.strictObject({
  task: z.enum(['generate', 'dataset']).default('generate'),
  seed: z.int().nonnegative().default(17),
  context: z.strictObject({ chars: positiveInt.default(150) }).prefault({}),
  targets: z
    .strictObject({
      select: z.enum(['last', 'all', 'requests']).default('last'),
      minChars: z.int().nonnegative().default(300),
      minHistory: positiveInt.default(2),
      minPerUser: positiveInt.default(5),
      maxPerUser: positiveInt.default(50),
    })
    .prefault({}),
  split: z
    .strictObject({ train: share.default(0.85), validation: share.default(0.05), test: share.default(0.1) })
    .refine(
      (split) => Math.abs(split.train + split.validation + split.test - 1) < 1e-9,
      'the three shares must add up to 1',
    )
    .prefault({}),
  history: z.strictObject({ maxDocuments: positiveInt.default(200) }).prefault({}),
  rank: z
    .strictObject({
      strategy: z.enum(strategies).default('RankDocBySnpt'),
      snippetChars: positiveInt.default(250),
      topSnippets: positiveInt.default(20),
      maxChars: positiveInt.default(2500),
      separator: z.string().default('\n\n'),
      bm25: z.strictObject({ k1: z.number().nonnegative().default(1.2), b: share.default(0.75) }).prefault({}),
    })
    .prefault({}),
  summarize: z
    .strictObject({
      method: z.enum(['none', 'SumCtxInd', 'SumCtx', 'label']).default('SumCtxInd'),
      kind: z.enum(['extractive', 'model']).default('extractive'),
      model: modelName.nullable().default(null),
      maxChars: positiveInt.default(500),
    })
    .superRefine(checkMethod)
    .prefault({}),
  synthesize: z
    .strictObject({
      method: z.enum(['none', 'SynCtxInd', 'SynCtx', 'label']).default('SynCtxInd'),
      kind: z.enum(['extractive', 'model']).default('extractive'),
      model: modelName.nullable().default(null),
      maxWords: positiveInt.default(20),
    })
    .superRefine(checkMethod)
    .prefault({}),
  generate: z
    .strictObject({
      model: modelName.default('bundled:SmolLM2-135M-Instruct'),
      api: z.enum(['chat', 'completions']).default('chat'),
      minTokens: z.int().nonnegative().default(32),
      maxTokens: positiveInt.default(160),
      temperature: z.number().min(0).max(2).default(0),
    })
    .refine((generate) => generate.minTokens <= generate.maxTokens, 'minTokens must not exceed maxTokens')
    .prefault({}),
  embed: z
    .strictObject({
      model: modelName.default('bundled:all-MiniLM-L6-v2'),
      dtype: z.enum(['q8', 'fp32']).default('q8'),
    })
    .prefault({}),
  batch: z.strictObject({ records: positiveInt.max(1024).default(16) }).prefault({}),
  workers: z
    .strictObject({
      embed: positiveInt.default(1),
      rank: positiveInt.default(1),
      summarize: positiveInt.default(1),
      synthesize: positiveInt.default(1),
      generate: positiveInt.default(1),
      collect: positiveInt.default(1),
    })
    .prefault({}),
  window: z.strictObject({ bytes: z.int().min(1_048_576).default(67_108_864) }).prefault({}),
})

export type Config = z.infer<typeof configSchema>

/**
 * Checks a configuration and fills in the defaults.
 * @throws IdiolectError `config_invalid` with one line that names every wrong key.
 */
export function parseConfig(value: unknown): Config {
  const parsed = configSchema.safeParse(value ?? {})
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map((issue) => {
    const path = issue.path.join('.')
    if (issue.code === 'unrecognized_keys') {
      return `unknown key ${issue.keys.map((key) => (path === '' ? key : `${path}.${key}`)).join(', ')}`
    }
    return path === '' ? issue.message : `${path}: ${issue.message}`
  })
  throw new IdiolectError('config_invalid', `Configuration: ${problems.join('; ')}`)
}

/** The part of a configuration that decides what the data files hold; `workers` and `window` only decide how fast. */
export type OutputConfig = Omit<Config, 'workers' | 'window'>

export function outputConfig(config: OutputConfig & Partial<Config>): OutputConfig {
  const { workers: _workers, window: _window, ...rest } = config
  return rest
}

/** The row's `method`: the paper's names of what the configuration does, in its order. */
export function methodName(config: Pick<Config, 'rank' | 'summarize' | 'synthesize'>): string {
  const parts: string[] = [config.rank.strategy]
  if (config.summarize.method !== 'none') parts.push(config.summarize.method)
  if (config.synthesize.method !== 'none') parts.push(config.synthesize.method)
  return parts.join('+')
}
