import { modelRuns } from '@idiolect/contracts/model-events'
import { z } from 'zod'

import { type Endpoint, type EndpointOptions, openEndpoint } from './http-endpoint.ts'
import type { TextEmbedder } from './text-embedder.ts'
import { unitVector } from './unit-vector.ts'

/** TEI refuses more in one request unless told otherwise; OpenAI and vLLM take more. */
const textsPerRequest = 32

/** Some 2,000 tokens: servers of this API refuse a text that is longer than their model reads, instead of cutting it. */
const maxChars = 8000

const rowSchema = z.array(z.number()).min(1)

const openAiAnswer = z
  .object({ data: z.array(z.object({ index: z.int(), embedding: rowSchema })) })
  .transform(({ data }) => data.toSorted((a, b) => a.index - b.index).map((item) => item.embedding))

const teiAnswer = z.array(rowSchema)

/**
 * OpenAI's `/embeddings`, as vLLM, llama.cpp and TEI have it too. One text is embedded at once, to learn the dimensions.
 * @throws IdiolectError `endpoint_unavailable`, `endpoint_rejected`, `endpoint_garbage`
 */
export async function openAiEmbedder(options: EndpointOptions & { model: string }): Promise<TextEmbedder> {
  return httpEmbedder(openEndpoint(options), {
    name: options.model,
    path: '/embeddings',
    body: (texts) => ({
      model: options.model,
      // OpenAI refuses an empty text.
      input: texts.map((text) => text.slice(0, maxChars) || ' '),
      encoding_format: 'float',
    }),
    answer: openAiAnswer,
  })
}

/** The `/embed` of text-embeddings-inference; as `openAiEmbedder`. The server names no model, so its address is the name. */
export async function teiEmbedder(options: EndpointOptions): Promise<TextEmbedder> {
  return httpEmbedder(openEndpoint(options), {
    name: options.baseUrl,
    path: '/embed',
    body: (inputs) => ({ inputs, normalize: true, truncate: true }),
    answer: teiAnswer,
  })
}

type Protocol = {
  name: string
  path: string
  body: (texts: string[]) => object
  /** The rows of an answer, in the order of the texts. */
  answer: z.ZodType<number[][]>
}

async function httpEmbedder(endpoint: Endpoint, { name, path, body, answer }: Protocol): Promise<TextEmbedder> {
  let dimensions: number | undefined

  async function embedPart(texts: string[], signal?: AbortSignal): Promise<Float32Array[]> {
    const schema = answer
      .refine((rows) => rows.length === texts.length, `not ${texts.length} embeddings`)
      .transform((rows) => rows.map(unitVector))
      .refine((vectors) => vectors.every((vector) => vector.every(Number.isFinite)), 'an embedding without direction')
      .refine(
        (vectors) => vectors.every((vector) => vector.length === (dimensions ?? vectors[0]?.length)),
        'embeddings of different dimensions',
      )
    const rows = await endpoint.post(path, body(texts), { schema, signal })
    modelRuns.tell({ model: name, rows: texts.length, fill: texts.length / textsPerRequest })
    return rows
  }

  try {
    const [probe] = await embedPart(['dimensions'])
    dimensions = probe!.length
  } catch (error) {
    await endpoint.close()
    throw error
  }

  return {
    model: { name, digest: 'remote' },
    dimensions,
    async embed(texts, signal) {
      const parts: Promise<Float32Array[]>[] = []
      for (let start = 0; start < texts.length; start += textsPerRequest) {
        parts.push(embedPart(texts.slice(start, start + textsPerRequest), signal))
      }
      return (await Promise.all(parts)).flat()
    },
    close: endpoint.close,
  }
}
