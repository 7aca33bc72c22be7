import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'

import type { ModelIdentity } from '@idiolect/contracts/batch'
import { IdiolectError } from '@idiolect/contracts/errors'
import { z } from 'zod'

import { snippetFeatures } from './snippet-candidates.ts'
import { treesSchema } from './tree-ensemble.ts'
import { wordFeatures } from './word-candidates.ts'
import { propensitiesSchema } from './word-propensities.ts'

/** `summarizer` is the paper's Su, `synthesizer` its Sy, without a language model. */
const selectorKinds = ['summarizer', 'synthesizer'] as const
export type SelectorKind = (typeof selectorKinds)[number]

export const featuresOf: Record<SelectorKind, readonly string[]> = {
  summarizer: snippetFeatures,
  synthesizer: wordFeatures,
}

const count = z.int().nonnegative()

const selectorSchema = z.object({
  kind: z.enum(selectorKinds),
  features: z.array(z.string()),
  /** Probability from which on a candidate is chosen. */
  threshold: z.number().min(0).max(1),
  trainedOn: z.object({
    rows: count,
    users: count,
    candidates: count,
    seed: count,
    split: z.object({ train: z.number(), validation: z.number(), test: z.number() }),
  }),
  trees: treesSchema,
  /** Of the synthesizer. */
  propensities: propensitiesSchema.optional(),
})
export type SelectorFile = z.infer<typeof selectorSchema>

/** `model`: its kind, and the sha256 (hex) of what it holds, however the file is written. */
export type Selector = SelectorFile & { model: ModelIdentity }

/** The file's text: the same selector, the same bytes. */
export function encodeSelector(selector: SelectorFile): string {
  return `${JSON.stringify(selectorSchema.parse(selector))}\n`
}

/** @throws IdiolectError `model_missing`, `model_unsupported` */
export async function readSelector(path: string): Promise<Selector> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw new IdiolectError(
      'model_missing',
      `Selector ${path} cannot be read (${code}); "idiolect train summarizer|synthesizer --data DIR" makes one`,
      { cause },
    )
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new IdiolectError('model_unsupported', `Selector ${path} is not JSON; give a file of "idiolect train"`, {
      cause,
    })
  }
  return parseSelector(value, `Selector ${path}`)
}

const known = new WeakMap<object, Selector>()

/**
 * A selector that came with a run, by value; null where none did. What was seen before is not checked again.
 * @throws IdiolectError `model_unsupported`
 */
export function selectorOf(value: unknown): Selector | null {
  if (value === undefined || value === null) return null
  const before = typeof value === 'object' ? known.get(value) : undefined
  const selector = before ?? parseSelector(value, "The run's selector")
  if (typeof value === 'object') known.set(value, selector)
  return selector
}

function parseSelector(value: unknown, name: string): Selector {
  const parsed = selectorSchema.safeParse(value)
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!
    throw new IdiolectError(
      'model_unsupported',
      `${name} is none (${path.join('.') || 'it'}: ${message}); give a file of "idiolect train"`,
    )
  }
  const { kind, features, trees } = parsed.data
  const expected = featuresOf[kind]
  const used = trees.trees.flatMap((tree) => tree.features)
  if (features.join() !== expected.join() || used.some((feature) => feature >= expected.length)) {
    throw new IdiolectError(
      'model_unsupported',
      `${name} looks at other features of a candidate than this version (${features.length} names, ${expected.length} here); train it again`,
    )
  }
  if ((kind === 'synthesizer') !== (parsed.data.propensities !== undefined)) {
    throw new IdiolectError('model_unsupported', `${name} is none (propensities are a synthesizer's); train it again`)
  }
  const digest = createHash('sha256').update(JSON.stringify(parsed.data)).digest('hex')
  return { ...parsed.data, model: { name: kind, digest } }
}
