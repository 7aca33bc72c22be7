import { createReadStream } from 'node:fs'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundledModelFolder } from '@idiolect/bundled-models/bundled-model'
import { afterEach, beforeEach, expect, test } from 'vitest'

import { huggingFaceModel } from './hugging-face-model.ts'
import { requireModelFiles } from './model-folder.ts'

const miniLm = bundledModelFolder('all-MiniLM-L6-v2')
let scratch: string
beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'idiolect-hub-'))
})
afterEach(() => rm(scratch, { recursive: true }))

async function cacheAt(hfHome: string): Promise<string> {
  const repository = join(hfHome, 'hub', 'models--org--small')
  await mkdir(join(repository, 'refs'), { recursive: true })
  await mkdir(join(repository, 'snapshots'))
  await writeFile(join(repository, 'refs', 'main'), 'abc123')
  const snapshot = join(repository, 'snapshots', 'abc123')
  await symlink(miniLm, snapshot)
  return snapshot
}

test("a model of Hugging Face's cache is found through refs/main", async () => {
  const hfHome = join(scratch, 'hf')
  const snapshot = await cacheAt(hfHome)
  expect(await huggingFaceModel('org/small', 'q8', { modelsFolder: scratch, hfHome })).toBe(snapshot)
})

test('the models folder comes before the cache', async () => {
  const hfHome = join(scratch, 'hf')
  await cacheAt(hfHome)
  await mkdir(join(scratch, 'org'))
  await symlink(miniLm, join(scratch, 'org', 'small'))
  expect(await huggingFaceModel('org/small', 'q8', { modelsFolder: scratch, hfHome })).toBe(join(scratch, 'org/small'))
})

test('a model that is nowhere is missing, with what to put where', async () => {
  const hfHome = join(scratch, 'hf')
  await cacheAt(hfHome)
  await expect(huggingFaceModel('org/small', 'fp32', { modelsFolder: scratch, hfHome })).rejects.toMatchObject({
    code: 'model_missing',
    message: expect.stringMatching(/^Model org\/small \(fp32\) is not in .*onnx\/model\.onnx into .*\/org\/small$/),
  })
})

test('a hub that cannot be reached leaves the model missing, with one line that says how to place it', async () => {
  const places = { modelsFolder: scratch, hubUrl: 'http://127.0.0.1:1' }
  await expect(huggingFaceModel('org/small', 'q8', places)).rejects.toMatchObject({
    code: 'model_missing',
    message: expect.stringMatching(
      /^Model org\/small \(q8\) could not be downloaded from .*: put its config\.json, .*$/,
    ),
  })
})

test('an absent model is downloaded into the models folder, with its pooling', async () => {
  const hub = createServer((request, response) => {
    const path = request.url!.replace('/org/small/resolve/main/', '')
    const file = createReadStream(join(miniLm, path))
    file.on('error', () => response.writeHead(404).end())
    file.once('open', () => file.pipe(response))
  })
  await new Promise<void>((resolve) => hub.listen(0, '127.0.0.1', resolve))
  const hubUrl = `http://127.0.0.1:${(hub.address() as AddressInfo).port}`
  try {
    const folder = await huggingFaceModel('org/small', 'q8', { modelsFolder: scratch, hubUrl })
    expect(folder).toBe(join(scratch, 'org/small'))
    await requireModelFiles({ name: 'org/small', folder, dtype: 'q8' })
    await expect(import(join(folder, '1_Pooling/config.json'), { with: { type: 'json' } })).resolves.toMatchObject({
      default: { pooling_mode_mean_tokens: true },
    })
  } finally {
    hub.closeAllConnections()
    hub.close()
  }
})
