import { homedir } from 'node:os'
import { join } from 'node:path'

import { readSecret } from '@idiolect/contracts/secret'
import type { Dtype } from './model-folder.ts'
import { parseModelReference } from './model-reference.ts'
import { type OpenModelOptions, openEmbedder, openGenerator } from './open-models.ts'
import { openOnce } from './open-once.ts'
import type { TextEmbedder } from './text-embedder.ts'
import type { TextGenerator } from './text-generator.ts'

type GenerationApi = 'chat' | 'completions'

/**
 * How an environment says where models are and how they run: IDIOLECT_HOME (models below it), HF_HOME, HF_ENDPOINT,
 * IDIOLECT_API_KEY or IDIOLECT_API_KEY_FILE, IDIOLECT_THREADS (threads of one model, default 1).
 */
export function modelOptions(env: Readonly<Record<string, string | undefined>>): OpenModelOptions {
  return {
    places: {
      modelsFolder: join(env.IDIOLECT_HOME ?? join(homedir(), '.idiolect'), 'models'),
      hfHome: env.HF_HOME ?? join(homedir(), '.cache/huggingface'),
      hubUrl: env.HF_HUB_OFFLINE === '1' ? undefined : (env.HF_ENDPOINT ?? 'https://huggingface.co'),
    },
    apiKey: readSecret(env, 'IDIOLECT_API_KEY'),
    intraOpThreads: Number(env.IDIOLECT_THREADS ?? 1),
  }
}

export type ServiceModels = {
  embedder(reference: string, dtype: Dtype): Promise<TextEmbedder>
  generator(reference: string, api: GenerationApi): Promise<TextGenerator | null>
  /** The language model of Summarize or Synthesize: its own, or else that of Generate. */
  stageGenerator(
    stage: { model: string | null },
    generate: { model: string; api: GenerationApi },
    widen: (batches: number) => void,
  ): Promise<TextGenerator | null>
  close(): Promise<void>
}

/** The models of one service process, each opened when a batch first asks for it and kept from then on. */
export function serviceModels(options: OpenModelOptions): ServiceModels {
  const embedders = openOnce<TextEmbedder>((key) => {
    const [reference, dtype] = JSON.parse(key) as [string, Dtype]
    return openEmbedder(reference, { ...options, dtype })
  })
  const generators = openOnce<TextGenerator | null>((key) => {
    const [reference, api] = JSON.parse(key) as [string, GenerationApi]
    return openGenerator(reference, { ...options, api })
  })
  const generator: ServiceModels['generator'] = (reference, api) => generators.get(JSON.stringify([reference, api]))
  return {
    embedder: (reference, dtype) => embedders.get(JSON.stringify([reference, dtype])),
    generator,
    async stageGenerator({ model }, generate, widen) {
      const reference = model ?? generate.model
      widen(batchesInWork(reference))
      return generator(reference, generate.api)
    },
    async close() {
      await Promise.all([embedders.close(), generators.close()])
    },
  }
}

// A server batches across requests, so it wants many batches at once; a model of this process wants one, and the next at hand.
const remoteBatches = 16
const localBatches = 2

/** How many batches a worker should have in work with this model. */
export function batchesInWork(reference: string): number {
  const { kind } = parseModelReference(reference)
  return kind === 'openai' || kind === 'tei' ? remoteBatches : localBatches
}
