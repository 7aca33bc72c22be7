import { type InferenceLimits, startInference } from './inference-process.ts'
import type { ModelFolder } from './model-folder.ts'
import type { TextEmbedder } from './text-embedder.ts'
import type { GenerationRequest, GenerationResult, TextGenerator } from './text-generator.ts'

/** The first message to `onnx-child.ts`. */
export type ModelOpening = { kind: 'embedder' | 'generator'; model: ModelFolder; intraOpThreads: number }

export type EmbedderOpened = { model: TextEmbedder['model']; dimensions: number }

export type InProcessOptions = {
  /** More than one only where a machine has idle cores: two threads on one call cost more CPU than two processes. */
  intraOpThreads?: number
  limits?: Partial<InferenceLimits>
}

export type GeneratorOpened = { model: TextGenerator['model'] }

const entry = new URL('./onnx-child.ts', import.meta.url)

/** `openOnnxEmbedder` in a process of its own. */
export async function embedderInProcess(model: ModelFolder, options: InProcessOptions = {}): Promise<TextEmbedder> {
  const { intraOpThreads = 1, limits } = options
  const opening: ModelOpening = { kind: 'embedder', model, intraOpThreads }
  const child = await startInference<EmbedderOpened, string[], Float32Array>({ entry, opening, limits })
  const { dimensions } = child.opened
  return {
    ...child.opened,
    async embed(texts, signal) {
      const matrix = await child.call(texts, signal)
      return texts.map((_, row) => matrix.subarray(row * dimensions, (row + 1) * dimensions))
    },
    close: child.close,
  }
}

/** `openCausalLm` in a process of its own. */
export async function generatorInProcess(model: ModelFolder, options: InProcessOptions = {}): Promise<TextGenerator> {
  const { intraOpThreads = 1, limits } = options
  const opening: ModelOpening = { kind: 'generator', model, intraOpThreads }
  const child = await startInference<GeneratorOpened, GenerationRequest[], GenerationResult[]>({
    entry,
    opening,
    limits,
  })
  return { ...child.opened, generate: child.call, close: child.close }
}
