import { type OpenedModel, serveInference } from './inference-child.ts'
import type { EmbedderOpened, ModelOpening } from './models-in-process.ts'
import { openOnnxEmbedder } from './onnx-embedder.ts'

serveInference((opening) => openModel(opening as ModelOpening))

async function openModel({ model, intraOpThreads }: ModelOpening): Promise<OpenedModel> {
  const embedder = await openOnnxEmbedder(model, intraOpThreads)
  const opened: EmbedderOpened = { model: embedder.model, dimensions: embedder.dimensions }
  return { opened, call: async (texts) => oneMatrix(await embedder.embed(texts as string[]), embedder.dimensions) }
}

/** One array crosses the channel faster than one a row. */
function oneMatrix(rows: Float32Array[], dimensions: number): Float32Array {
  const matrix = new Float32Array(rows.length * dimensions)
  for (const [index, row] of rows.entries()) matrix.set(row, index * dimensions)
  return matrix
}
