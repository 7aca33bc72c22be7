import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'

import reference from './fixtures/minilm-reference.json' with { type: 'json' }
import { openOnnxEmbedder } from './onnx-embedder.ts'
import type { TextEmbedder } from './text-embedder.ts'
import { unitVector } from './unit-vector.ts'

const miniLm = {
  name: 'all-MiniLM-L6-v2',
  folder: fileURLToPath(new URL('../../bundled-models/models/all-MiniLM-L6-v2', import.meta.url)),
  dtype: 'q8' as const,
}
const texts = reference.rows.map((row) => row.text)
let embedder: TextEmbedder
beforeAll(async () => {
  embedder = await openOnnxEmbedder(miniLm)
})
afterAll(() => embedder.close())

function cosine(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, index) => sum + value * b[index]!, 0)
}

test('a text alone has the vector that Python gives it', async () => {
  const vectors: Float32Array[] = []
  for (const text of texts) vectors.push(...(await embedder.embed([text])))
  for (const [index, row] of reference.rows.entries()) {
    // All 20 agree to 5e-6 on the CPU that the figures were recorded on. CPUs with VNNI add int8 products without saturation, so
    // activations fall on the other side of an int8 step: there a cosine was off by 0.029, and 8 coordinates turned to 0.974.
    const start = unitVector(vectors[index]!.slice(0, row.start.length))
    expect(cosine(start, unitVector(Float32Array.from(row.start)))).toBeGreaterThan(0.95)
    expect(Math.abs(cosine(vectors[index]!, vectors[0]!) - row.cosineToFirst)).toBeLessThan(0.05)
  }
})

test('vectors have length 1 and keep the order of the texts', async () => {
  const together = await embedder.embed(texts)
  expect(together).toHaveLength(texts.length)
  for (const [index, vector] of together.entries()) {
    expect(vector).toHaveLength(embedder.dimensions)
    // float32 sums of 384 squares
    expect(cosine(vector, vector)).toBeCloseTo(1, 5)
    const [alone] = await embedder.embed([texts[index]!])
    // int8 activations are scaled per micro-batch: the empty text has 0.961 with itself, the others 0.972 … 0.997.
    expect(cosine(vector, alone!)).toBeGreaterThan(0.94)
  }
})

test('the same list of texts gives the same vectors, bit for bit', async () => {
  expect(await embedder.embed(texts)).toStrictEqual(await embedder.embed(texts))
})

test('a text of megabytes has the vector of its first 256 tokens', async () => {
  const long = 'The river had risen again in the night. '.repeat(100_000)
  expect(await embedder.embed([long])).toStrictEqual(await embedder.embed([long.slice(0, 12_000)]))
})

test('no texts have no vectors', async () => {
  expect(await embedder.embed([])).toEqual([])
})

test('an aborted call rejects with the reason of its signal', async () => {
  const reason = new Error('enough')
  await expect(embedder.embed(texts, AbortSignal.abort(reason))).rejects.toBe(reason)
})

test('a folder without a model is reported with the files that it lacks', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'idiolect-models-'))
  await expect(openOnnxEmbedder({ name: 'empty', folder, dtype: 'fp32' })).rejects.toMatchObject({
    code: 'model_missing',
    message: expect.stringContaining('config.json, no tokenizer.json, no onnx/model.onnx'),
  })
  await rm(folder, { recursive: true })
})

test('a graph that cannot be loaded is reported with its file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'idiolect-models-'))
  await cp(miniLm.folder, folder, { recursive: true })
  await writeFile(join(folder, 'onnx/model_quantized.onnx'), 'no graph')
  await expect(openOnnxEmbedder({ name: 'broken', folder, dtype: 'q8' })).rejects.toMatchObject({
    code: 'model_unsupported',
    message: expect.stringContaining('model_quantized.onnx cannot be loaded'),
  })
  await rm(folder, { recursive: true })
})
