import { z } from 'zod'

import { IdiolectError } from './errors.ts'
import { methods, strategies } from './method-names.ts'
import { runConfigs } from './methods.ts'
import { splits } from './split.ts'

const modelName = z.string().min(1)
const share = z.number().min(0).max(1)
const positiveInt = z.int().positive()

/** Every key of a run with its default. Unknown keys are errors. */
export const configSchema = z.strictObject({
  task: z.enum(['generate', 'dataset']).default('generate'),
  seed: z.int().nonnegative().default(17),
  context: z.strictObject({ chars: positiveInt.default(150) }).prefault({}),
  targets: z
    .strictObject({
      select: z.enum(['last', 'all', 'requests']).default('last'),
      /** `heldOut`: everyone but the half of the training users that Su and Sy learn from. */
      users: z.enum(['all', ...splits, 'heldOut']).default('all'),
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
  /** The most recent documents before the target, at most so many and so many characters of them, but always one. */
  history: z
    .strictObject({
      maxDocuments: positiveInt.default(200),
      /** 200 documents of 5,000; their snippets, some 3,500, take 35 seconds of a core to embed and 10 MB in Redis. */
      maxChars: positiveInt.default(1_000_000),
    })
    .prefault({}),
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
    .prefault({}),
  synthesize: z
    .strictObject({
      method: z.enum(['none', 'SynCtxInd', 'SynCtx', 'label']).default('SynCtxInd'),
      kind: z.enum(['extractive', 'model']).default('extractive'),
      model: modelName.nullable().default(null),
      maxWords: positiveInt.default(20),
      /** GloVe text file, for the weak labels. */
      wordVectors: z.string().min(1).nullable().default(null),
    })
    .prefault({}),
  prompt: z
    .strictObject({
      /** Where x_t stands among the parts. */
      start: z.enum(['first', 'last', 'none']).default('first'),
      /** x_t only up to its last whole word: what a model needs that was not trained for the task. */
      wholeWords: z.boolean().default(true),
      user: z.boolean().default(false),
      entries: z.boolean().default(true),
    })
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
  dataset: z
    .strictObject({
      format: z.enum(['jsonl', 'parquet']).default('jsonl'),
      /** As the data card names it; asked from the user, never invented. */
      license: z.string().min(1).nullable().default(null),
      shardBytes: z.int().min(1_048_576).default(1_073_741_824),
    })
    .prefault({}),
  compare: z
    .strictObject({
      methods: z.array(z.enum(methods)).default([]),
      zeroShotModel: modelName.nullable().default(null),
      authorPredModel: modelName.nullable().default(null),
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
 * Checks a configuration and fills in the defaults, those of the dataset task where that is asked.
 * @throws IdiolectError `config_invalid` with one line that names every wrong key.
 */
export function parseConfig(value: unknown): Config {
  const parsed = configSchema.safeParse(withTaskDefaults(value ?? {}))
  const problems = parsed.success ? contradictions(parsed.data) : parsed.error.issues.map(describe)
  if (parsed.success && problems.length === 0) return parsed.data
  throw new IdiolectError('config_invalid', `Configuration: ${problems.join('; ')}`)
}

/** A training set is made of every target, and its inputs are the paper's: a model that is trained on x_t unchanged knows what a stump is. */
const datasetDefaults = { targets: { select: 'all' }, prompt: { wholeWords: false } }

function withTaskDefaults(value: object): object {
  if (!('task' in value) || value.task !== 'dataset') return value
  const tree: Record<string, unknown> = { ...value }
  for (const [key, defaults] of Object.entries(datasetDefaults)) {
    const given = tree[key] ?? {}
    if (typeof given === 'object') tree[key] = { ...defaults, ...given }
  }
  return tree
}

function describe(issue: z.core.$ZodIssue): string {
  const path = issue.path.join('.')
  if (issue.code === 'unrecognized_keys') {
    return `unknown key ${issue.keys.map((key) => (path === '' ? key : `${path}.${key}`)).join(', ')}`
  }
  return path === '' ? issue.message : `${path}: ${issue.message}`
}

/** What is well-formed and still cannot be done. */
function contradictions(config: Config): string[] {
  const { task, targets, compare } = config
  const problems: string[] = []
  if (task === 'dataset' && targets.select !== 'all') {
    problems.push(`targets.select: ${targets.select} is for the generate task; a dataset has all targets`)
  }
  if (task === 'dataset' && compare.methods.length > 0) problems.push('compare.methods: is for the generate task')
  if (compare.methods.includes('+AuthorPred') && compare.authorPredModel === null) {
    problems.push('compare.authorPredModel: +AuthorPred needs a generator that was trained on author distinction too')
  }
  for (const [stage, contextDependent] of [
    ['summarize', 'SumCtx'],
    ['synthesize', 'SynCtx'],
  ] as const) {
    const { kind, model, method } = config[stage]
    if (method === 'label' && task !== 'dataset') problems.push(`${stage}.method: label belongs to the dataset task`)
    if (kind === 'model' || model !== null) continue
    if (runConfigs(config).some((each) => each[stage].method === contextDependent)) {
      problems.push(
        `${stage}.method: ${contextDependent} of kind extractive needs a trained selector; make one with "idiolect train" and name it with ${stage}.model=path:FILE, or set ${stage}.kind=model`,
      )
    }
  }
  return problems
}

/** The part of a configuration that decides what the data files hold; `workers` and `window` only decide how fast. */
export type OutputConfig = Omit<Config, 'workers' | 'window'>

export function outputConfig(config: OutputConfig & Partial<Config>): OutputConfig {
  const { workers: _workers, window: _window, ...rest } = config
  return rest
}
