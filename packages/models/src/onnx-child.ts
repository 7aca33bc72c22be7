import { openCausalLm } from './causal-lm.ts'
import { type OpenedModel, serveInference } from './inference-child.ts'
import type { EmbedderOpened, GeneratorOpened, ModelOpening } from './models-in-process.ts'
import { openOnnxEmbedder } from './onnx-embedder.ts'
import type { GenerationRequest } from './text-generator.ts'

serveInference((opening) => openModel(opening as ModelOpening))

async function openModel({ kind, model, intraOpThreads }: ModelOpening): Promise<OpenedModel> {
  if (kind === 'embedder') {
    const embedder = await openOnnxEmbedder(model, intraOpThreads)
    const opened: EmbedderOpened = { model: embedder.model, dimensions: embedder.dimensions }
    return { opened, call: async (texts) => oneMatrix(await embedder.embed(texts as string[]), embedder.dimensions) }
  }
  const generator = await openCausalLm(model, { intraOpThreads })
  const opened: GeneratorOpened = { model: generator.model }
  return { opened, call: (requests) => generator.generate(requests as GenerationRequest[]) }
}

/** One array crosses the channel faster than one a row. */
function oneMatrix(rows: Float32Array[], dimensions: number): Float32Array {
  const matrix = new Float32Array(rows.length * dimensions)
  for (const [index, row] of rows.entries()) matrix.set(row, index * dimensions)
  return matrix
}
