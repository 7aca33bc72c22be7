import { createHash } from 'node:crypto'
import { createReadStream, readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { expect, test } from 'vitest'

import { bundledModelDigest, bundledModelFolder, bundledModels, checksums } from './bundled-model.ts'

const models = join(bundledModelFolder('all-MiniLM-L6-v2'), '..')

test('the files are those of SHA256SUMS, and no others', async () => {
  const files = readdirSync(models, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const paths = files.map((file) => relative(models, join(file.parentPath, file.name))).sort()
  expect(paths).toEqual(
    checksums()
      .map(({ path }) => path)
      .sort(),
  )
  for (const { sha256, path } of checksums()) {
    const hash = createHash('sha256')
    await pipeline(createReadStream(join(models, path)), hash)
    expect(`${path} ${hash.digest('hex')}`).toBe(`${path} ${sha256}`)
  }
})

test('each model says where it comes from and under which licence', () => {
  for (const name of bundledModels) {
    const files = readdirSync(bundledModelFolder(name))
    expect(files).toEqual(expect.arrayContaining(['LICENSE', 'NOTICE', 'MODEL.md']))
  }
})

test('models have digests of their own, and other names no model', () => {
  const digests = bundledModels.map(bundledModelDigest)
  expect(new Set(digests).size).toBe(bundledModels.length)
  for (const digest of digests) expect(digest).toMatch(/^[0-9a-f]{64}$/)
  for (const name of ['GPT-2', '../models/all-MiniLM-L6-v2'])
    expect(() => bundledModelFolder(name)).toThrow('there are')
})
