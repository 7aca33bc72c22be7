import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

import { embedderInProcess } from './models-in-process.ts'
import { openOnnxEmbedder } from './onnx-embedder.ts'

const folder = fileURLToPath(new URL('../../bundled-models/models/all-MiniLM-L6-v2', import.meta.url))
const miniLm = { name: 'all-MiniLM-L6-v2', folder, dtype: 'q8' as const }

test('an embedder in a process of its own gives the vectors that it gives here', async () => {
  const [here, there] = await Promise.all([openOnnxEmbedder(miniLm), embedderInProcess(miniLm)])
  const texts = ['A first text.', 'Another, somewhat longer than the first.', '']
  expect(there.model).toEqual(here.model)
  expect(there.dimensions).toBe(384)
  expect(await there.embed(texts)).toStrictEqual(await here.embed(texts))
  expect(await there.embed([])).toEqual([])
  await Promise.all([here.close(), there.close()])
})

test('a model that is not there is reported as it is without a process', async () => {
  await expect(embedderInProcess({ ...miniLm, folder: '/nowhere' })).rejects.toMatchObject({
    code: 'model_missing',
    message: expect.stringContaining('/nowhere has no config.json'),
  })
})
