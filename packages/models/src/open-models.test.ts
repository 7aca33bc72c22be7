import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundledModelFolder } from '@idiolect/bundled-models/bundled-model'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { type OpenModelOptions, openEmbedder, openGenerator } from './open-models.ts'

let scratch: string
let options: OpenModelOptions
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'idiolect-open-'))
  options = { places: { modelsFolder: scratch } }
})
afterAll(() => rm(scratch, { recursive: true }))

test('a bundled embedder and the same one as a folder give the same vectors', async () => {
  const bundled = await openEmbedder('bundled:all-MiniLM-L6-v2', options)
  const folder = await openEmbedder(`path:${bundledModelFolder('all-MiniLM-L6-v2')}`, options)
  expect(bundled.model).toEqual({ name: 'all-MiniLM-L6-v2', digest: expect.stringMatching(/^[0-9a-f]{64}$/) })
  expect(folder.model).toEqual(bundled.model)
  expect(await folder.embed(['A text.'])).toStrictEqual(await bundled.embed(['A text.']))
  await Promise.all([bundled.close(), folder.close()])
})

test('a bundled generator continues an opening in a process of its own', async () => {
  const generator = (await openGenerator('bundled:SmolLM2-135M-Instruct', options))!
  const request = { messages: [{ role: 'user' as const, content: 'Finish the passage' }], temperature: 0, seed: 1 }
  const [result] = await generator.generate([
    { ...request, opening: 'The ferry leaves at', minTokens: 4, maxTokens: 8 },
  ])
  expect(result).toMatchObject({ ok: true, text: expect.stringMatching(/^The ferry leaves at./) })
  await generator.close()
})

test('none is no generator, and no embedder for a strategy that needs one', async () => {
  expect(await openGenerator('none', options)).toBeNull()
  await expect(openEmbedder('none', options)).rejects.toMatchObject({ code: 'config_invalid' })
  await expect(openGenerator('tei:http://127.0.0.1:1', options)).rejects.toMatchObject({ code: 'config_invalid' })
})

test.each([
  ['bundled:all-MiniLM-L12-v2', 'model_missing', 'model all-MiniLM-L12-v2'],
  ['path:/nowhere', 'model_missing', '/nowhere has no config.json'],
  ['hf:org/absent', 'model_missing', 'Model org/absent (q8) is not in'],
  ['bundled:SmolLM2-135M-Instruct', 'model_unsupported', 'is no sentence encoder of the BERT family'],
])('%s is refused as an embedder with what to do', async (reference, code, message) => {
  await expect(openEmbedder(reference, options)).rejects.toMatchObject({
    code,
    message: expect.stringContaining(message),
  })
})

test('a sentence encoder is refused as a generator', async () => {
  await expect(openGenerator('bundled:all-MiniLM-L6-v2', options)).rejects.toMatchObject({ code: 'model_unsupported' })
})
