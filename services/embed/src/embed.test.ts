import { fileURLToPath } from 'node:url'
import { parseConfig } from '@idiolect/contracts/config'
import type { Strategy } from '@idiolect/contracts/method-names'
import { type Author, embeddedAuthorSchema } from '@idiolect/contracts/records'
import { decodeVectors } from '@idiolect/contracts/vectors'
import { openOnnxEmbedder } from '@idiolect/models/onnx-embedder'
import type { TextEmbedder } from '@idiolect/models/text-embedder'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { embed } from './embed.ts'

const folder = fileURLToPath(new URL('../../../packages/bundled-models/models/all-MiniLM-L6-v2', import.meta.url))
let model: TextEmbedder
beforeAll(async () => {
  model = await openOnnxEmbedder({ name: 'all-MiniLM-L6-v2', folder, dtype: 'q8' })
})
afterAll(() => model.close())

const garden = 'The tomatoes are ripe at last. I picked two baskets before breakfast. '
const engine = 'The gearbox whines in third. A new bearing costs more than the car is worth. '
const author: Author = {
  userId: 'u1',
  documents: [
    { docId: 'd1', timestamp: 1, title: 'Harvest', text: garden.repeat(6) },
    { docId: 'd2', timestamp: 2, title: '', text: engine.repeat(5) },
  ],
  targets: [
    {
      ordinal: 0,
      id: 't1',
      userId: 'u1',
      timestamp: 3,
      method: 'm',
      context: 'This year the tomatoes',
      history: [0, 2],
    },
    {
      ordinal: 1,
      id: 't2',
      userId: 'u1',
      timestamp: 4,
      method: 'm',
      context: 'The car makes a noise',
      history: [0, 2],
    },
  ],
}

function embedWith(strategy: Strategy, embedder: () => Promise<TextEmbedder> = async () => model) {
  return embed(author, { config: parseConfig({ rank: { strategy } }), embedder })
}

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, index) => sum + value * b[index]!, 0)
}

test.each<Strategy>(['RecentDoc', 'RankDocBM25'])(
  '%s compares no vectors, and no model is opened',
  async (strategy) => {
    const embedded = await embedWith(strategy, () => Promise.reject(new Error('opened')))
    expect(embedded).toEqual({ ...author, embeddings: null })
  },
)

test('RankDocDense gets a vector for each context and each document', async () => {
  const { embeddings } = await embedWith('RankDocDense')
  const contexts = decodeVectors(embeddings!.contexts, embeddings!.dimensions)
  const documents = decodeVectors(embeddings!.documents!, embeddings!.dimensions)
  expect([contexts.length, documents.length, embeddings!.snippets]).toEqual([2, 2, undefined])
  expect(dot(contexts[0]!, documents[0]!)).toBeGreaterThan(dot(contexts[0]!, documents[1]!))
  expect(dot(contexts[1]!, documents[1]!)).toBeGreaterThan(dot(contexts[1]!, documents[0]!))
})

test.each<Strategy>(['RankSnippet', 'RankDocBySnpt'])(
  '%s gets a vector for each context and each snippet',
  async (strategy) => {
    const { embeddings } = await embedWith(strategy)
    const { positions, vectors } = embeddings!.snippets!
    expect(decodeVectors(vectors, embeddings!.dimensions)).toHaveLength(positions.length)
    expect(positions.map(([document]) => document)).toEqual([0, 0, 1, 1])
    expect(positions[0]![1]).toBe(0)
    expect(embeddings!.documents).toBeUndefined()
  },
)

test('the record grows by its embeddings alone and fits its schema', async () => {
  const embedded = await embedWith('RankDocBySnpt')
  expect(embeddedAuthorSchema.parse(embedded)).toEqual({ ...author, embeddings: embedded.embeddings })
})

test('everything of one author goes to the model in one call', async () => {
  const calls: number[] = []
  const counting: TextEmbedder = {
    ...model,
    embed: (texts) => {
      calls.push(texts.length)
      return model.embed(texts)
    },
  }
  await embedWith('RankDocBySnpt', async () => counting)
  expect(calls).toEqual([2 + 4])
})
