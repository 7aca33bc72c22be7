import { join } from 'node:path'
import { modelRuns } from '@idiolect/contracts/model-events'
import { z } from 'zod'

import { openCausalGraph } from './causal-graph.ts'
import { type ChatTokenizer, readChatTokenizer } from './chat-tokenizer.ts'
import { type Continuation, startContinuation } from './continuation.ts'
import type { Decoder } from './decoder.ts'
import { findDecoder } from './find-decoder.ts'
import { microBatches } from './micro-batches.ts'
import { type ModelFolder, modelDigest, onnxFile, readModelJson, requireModelFiles } from './model-folder.ts'
import type { RepetitionRules } from './repetition.ts'
import type { GenerationRequest, GenerationResult, TextGenerator } from './text-generator.ts'

export type CausalLmOptions = {
  intraOpThreads?: number
  repetition?: RepetitionRules
  /** Rows × tokens whose cache is held at once. */
  maxCachedTokens?: number
}

/** 46 KB a token for SmolLM2-135M: 0.35 GB, eight rows of 860 prompt tokens and 160 new ones. */
const defaultMaxCachedTokens = 8192

/** Tokens that are read in one go: the attention scores take 4 × heads × this × (tokens so far) bytes, 150 MB at 8,192. */
const readTokens = 512

/** Over 48 real targets one of 1,000 trigrams of words came back; with plain greedy decoding 6 of 10. */
const defaultRepetition: RepetitionRules = { penalty: 1.15, runTokens: 4 }

/** One request on its way: the tokens that the model reads and the answer that it writes. */
type Row = { index: number; prompt: number[]; continuation: Continuation }

/**
 * A causal language model in ONNX with a chat template, on the calling thread: a step blocks it for some 100 ms, reading
 * 512 tokens for seconds, so a queue worker reaches it through `inference-process.ts`. Any folder in the layout of
 * Hugging Face's ONNX exports will do, with a float32 cache and a byte-level vocabulary.
 * @throws IdiolectError `model_missing`, `model_unsupported`
 */
export async function openCausalLm(model: ModelFolder, options: CausalLmOptions = {}): Promise<TextGenerator> {
  await requireModelFiles(model)
  const { intraOpThreads = 1, repetition = defaultRepetition, maxCachedTokens = defaultMaxCachedTokens } = options
  const tokenizer = await readChatTokenizer(model.folder)
  const { vocab_size, max_position_embeddings } = await readModelJson(join(model.folder, 'config.json'), configSchema)
  const graph = await openCausalGraph(join(model.folder, onnxFile(model.dtype)), vocab_size, intraOpThreads)
  const decoder = await findDecoder(graph)
  const maxRowTokens = Math.min(max_position_embeddings, maxCachedTokens)

  return {
    model: { name: model.name, digest: await modelDigest(model) },
    async generate(requests, signal) {
      const results = new Array<GenerationResult>(requests.length)
      const rows: Row[] = []
      for (const [index, request] of requests.entries()) {
        const row = toRow(index, request, tokenizer, repetition)
        const length = rowTokens(row)
        if (length <= maxRowTokens) rows.push(row)
        else results[index] = tooLong(length, maxRowTokens)
      }
      for (const batch of microBatches(rows.map(rowTokens), maxCachedTokens)) {
        const together = batch.map((place) => rows[place]!)
        await continueRows(decoder, together, signal)
        const padded = together.length * Math.max(...together.map(rowTokens))
        modelRuns.tell({ model: model.name, rows: together.length, fill: padded / maxCachedTokens })
      }
      for (const { index, prompt, continuation } of rows) {
        const { completionTokens, ...answer } = continuation.result()
        results[index] = { ok: true, ...answer, usage: { promptTokens: prompt.length, completionTokens } }
      }
      return results
    },
    close: () => graph.session.release(),
  }
}

const configSchema = z.looseObject({ vocab_size: z.int().positive(), max_position_embeddings: z.int().positive() })

function toRow(index: number, request: GenerationRequest, tokenizer: ChatTokenizer, repetition: RepetitionRules): Row {
  const continuation = startContinuation(request, tokenizer, repetition)
  const prompt = [...tokenizer.encodeChat(request.messages), ...continuation.kept]
  return { index, prompt, continuation }
}

const rowTokens = ({ prompt, continuation }: Row) => prompt.length + continuation.maxTokens

function tooLong(length: number, maxTokens: number): GenerationResult {
  const message = `Prompt and answer take up to ${length} tokens, more than the ${maxTokens} that the model is given; shorten the prompt or the answer`
  return { ok: false, code: 'prompt_too_long', message }
}

/** Reads all prompts, then takes steps until the last row is complete; complete rows leave. */
async function continueRows(decoder: Decoder, batch: readonly Row[], signal?: AbortSignal): Promise<void> {
  const rows = [...batch]
  const longestPrompt = Math.max(...rows.map(({ prompt }) => prompt.length))
  const longestAnswer = Math.max(...rows.map(({ continuation }) => continuation.maxTokens))
  decoder.begin(rows.length, longestPrompt, longestAnswer)
  for (const [place, { prompt }] of rows.entries()) {
    for (let start = 0; start < prompt.length; start += readTokens) {
      signal?.throwIfAborted()
      await decoder.read(place, prompt.slice(start, start + readTokens))
    }
  }
  for (;;) {
    const ids = nextIds(decoder, rows)
    if (rows.length === 0) return
    signal?.throwIfAborted()
    await decoder.step(ids)
  }
}

/** The next token of each row that is not complete; the others leave `rows` and the decoder. */
function nextIds(decoder: Decoder, rows: Row[]): number[] {
  const ids = new Array<number>(rows.length)
  // From the last on: the row that takes a freed place has its token already.
  for (let place = rows.length - 1; place >= 0; place -= 1) {
    const id = rows[place]!.continuation.next(decoder.logits(place))
    if (id !== null) {
      ids[place] = id
      continue
    }
    decoder.remove(place)
    const [lastRow, lastId] = [rows.pop()!, ids.pop()!]
    if (place < rows.length) {
      rows[place] = lastRow
      ids[place] = lastId
    }
  }
  return ids
}
