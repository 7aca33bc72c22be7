import { join } from 'node:path'
import { Tokenizer } from '@huggingface/tokenizers'
import { IdiolectError } from '@idiolect/contracts/errors'
import { modelRuns } from '@idiolect/contracts/model-events'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { z } from 'zod'

import { microBatches } from './micro-batches.ts'
import { type ModelFolder, modelDigest, onnxFile, readModelJson, requireModelFiles } from './model-folder.ts'
import type { TextEmbedder } from './text-embedder.ts'
import { unitVector } from './unit-vector.ts'

/** n rows × k tokens that run at once. 256 … 1,024 are equally fast per token on one thread; 4,096 is 3 % and 8,192 15 % slower. */
const maxPaddedTokens = 512

/** Enough for 256 tokens of any writing; what lies behind is not even tokenised (a document may have megabytes). */
const maxCharsPerToken = 64

/**
 * ONNX Runtime 1.30's fused skip + layer normalisation is slower than two nodes, its exact GELU slower than the tanh one: 98
 * snippets per CPU-second as it comes, 101 without the first, 106 without both. Cosine to the same model with activations
 * that are not quantised: 0.992 on average each time.
 */
const sessionConfiguration = {
  optimization: { disable_specified_optimizers: 'SkipLayerNormFusion', enable_gelu_approximation: '1' },
}

/** What encoders of this kind are given. A model that wants anything else is not one of them. */
const knownInputs = ['input_ids', 'attention_mask', 'token_type_ids']

type Pooling = 'mean' | 'first'

/**
 * A sentence encoder of the BERT family in the layout of sentence-transformers' ONNX exports, on the calling thread:
 * `embed` blocks it for a micro-batch at a time (some 100 ms), so a queue worker reaches it through `inference-process.ts`.
 * q8 models quantise activations per tensor, so a vector depends on its micro-batch, and thereby on the list of texts of the call.
 * @throws IdiolectError `model_missing`, `model_unsupported`
 */
export async function openOnnxEmbedder(model: ModelFolder, intraOpThreads = 1): Promise<TextEmbedder> {
  await requireModelFiles(model)
  const { folder } = model
  const tokenizer = new Tokenizer(
    await readModelJson(join(folder, 'tokenizer.json'), z.looseObject({})),
    await readModelJson(join(folder, 'tokenizer_config.json'), z.looseObject({}), {}),
  )
  const maxTokens = await readMaxTokens(folder)
  const pooling = await readPooling(folder)
  const session = await openSession(model, intraOpThreads)
  const embedRows = async (tokens: number[][]) => poolRows(await session.run(inputs(session, tokens)), tokens, pooling)
  const [probe] = await embedRows([tokenize(tokenizer, '', maxTokens)])

  return {
    model: { name: model.name, digest: await modelDigest(model) },
    dimensions: probe!.length,
    async embed(texts, signal) {
      const tokens = texts.map((text) => tokenize(tokenizer, text, maxTokens))
      const vectors = new Array<Float32Array>(texts.length)
      for (const batch of microBatches(
        tokens.map((row) => row.length),
        maxPaddedTokens,
      )) {
        signal?.throwIfAborted()
        const rows = await embedRows(batch.map((index) => tokens[index]!))
        const padded = batch.length * Math.max(...batch.map((index) => tokens[index]!.length))
        modelRuns.tell({ model: model.name, rows: batch.length, fill: Math.min(1, padded / maxPaddedTokens) })
        for (const [place, index] of batch.entries()) vectors[index] = rows[place]!
      }
      return vectors
    },
    close: () => session.release(),
  }
}

async function openSession({ name, folder, dtype }: ModelFolder, intraOpThreads: number): Promise<InferenceSession> {
  const path = join(folder, onnxFile(dtype))
  const options = { intraOpNumThreads: intraOpThreads, extra: sessionConfiguration }
  const session = await InferenceSession.create(path, options).catch((cause: Error) => {
    throw new IdiolectError('model_unsupported', `${path} cannot be loaded: ${cause.message}`, { cause })
  })
  const unknownInputs = session.inputNames.filter((input) => !knownInputs.includes(input))
  if (unknownInputs.length === 0) return session
  await session.release()
  throw new IdiolectError(
    'model_unsupported',
    `${name} is no sentence encoder of the BERT family: it wants ${unknownInputs.join(', ')}`,
  )
}

/** Token ids with the model's special tokens around them; over `maxTokens` the end is cut and the closing token kept. */
function tokenize(tokenizer: Tokenizer, text: string, maxTokens: number): number[] {
  const { ids } = tokenizer.encode(text.slice(0, maxTokens * maxCharsPerToken))
  return ids.length <= maxTokens ? ids : [...ids.slice(0, maxTokens - 1), ids.at(-1)!]
}

function inputs(session: InferenceSession, tokens: number[][]): Record<string, Tensor> {
  const width = Math.max(...tokens.map((row) => row.length))
  const shape = [tokens.length, width]
  const ids = new BigInt64Array(tokens.length * width)
  const mask = new BigInt64Array(tokens.length * width)
  for (const [row, rowIds] of tokens.entries()) {
    for (const [column, id] of rowIds.entries()) {
      ids[row * width + column] = BigInt(id)
      mask[row * width + column] = 1n
    }
  }
  const all: Record<string, Tensor> = {
    input_ids: new Tensor('int64', ids, shape),
    attention_mask: new Tensor('int64', mask, shape),
    token_type_ids: new Tensor('int64', new BigInt64Array(ids.length), shape),
  }
  return Object.fromEntries(session.inputNames.map((name) => [name, all[name]!]))
}

/** [rows, width, dimensions] of token states → a unit vector a row: the mean over its own tokens, or its first token. */
function poolRows(outputs: InferenceSession.OnnxValueMapType, tokens: number[][], pooling: Pooling): Float32Array[] {
  const states = (outputs.last_hidden_state ?? Object.values(outputs)[0]) as Tensor
  const [, width = 0, dimensions = 0] = states.dims
  const values = states.data as Float32Array
  return tokens.map((rowIds, row) => {
    const sum = new Float32Array(dimensions)
    const pooled = pooling === 'mean' ? rowIds.length : 1
    for (let token = 0; token < pooled; token += 1) {
      const offset = (row * width + token) * dimensions
      for (let d = 0; d < dimensions; d += 1) sum[d]! += values[offset + d]!
    }
    return unitVector(sum)
  })
}

async function readMaxTokens(folder: string): Promise<number> {
  const sentence = z.object({ max_seq_length: z.int().min(2).optional() })
  const { max_seq_length } = await readModelJson(join(folder, 'sentence_bert_config.json'), sentence, {})
  const encoder = z.object({ max_position_embeddings: z.int().min(2).default(512) })
  const { max_position_embeddings } = await readModelJson(join(folder, 'config.json'), encoder)
  return max_seq_length ?? max_position_embeddings
}

async function readPooling(folder: string): Promise<Pooling> {
  const schema = z.object({ pooling_mode_mean_tokens: z.boolean(), pooling_mode_cls_token: z.boolean().default(false) })
  const path = join(folder, '1_Pooling', 'config.json')
  const config = await readModelJson(path, schema, { pooling_mode_mean_tokens: true })
  if (config.pooling_mode_mean_tokens) return 'mean'
  if (config.pooling_mode_cls_token) return 'first'
  throw new IdiolectError('model_unsupported', `${path}: only mean and first-token pooling are known`)
}
