import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { parseConfig } from '@idiolect/contracts/config'
import { afterEach, beforeEach, expect, test } from 'vitest'

import { exampleTargets, writeExampleRun } from './dataset-for-tests.ts'
import { finalizeRun } from './finalize.ts'
import { outputFolder } from './folder.ts'
import { clearFolder, writeManifest } from './manifest.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'idiolect-clear-'))
})
afterEach(async () => {
  await rm(dir, { recursive: true })
})

async function put(...paths: string[]): Promise<void> {
  for (const path of paths) {
    await mkdir(join(dir, path, '..'), { recursive: true })
    await writeFile(join(dir, path), 'x')
  }
}

const left = async () => (await readdir(dir, { recursive: true })).sort()

test.each(['jsonl', 'parquet'])('nothing of a finished dataset is left, as %s', async (format) => {
  await writeExampleRun(dir, { dataset: { format }, records: exampleTargets(60) })
  await finalizeRun(dir, {})
  await put('audit.json')
  await clearFolder(dir)
  expect(await left()).toEqual([])
})

test('files of others stay, in the folders of the sets too', async () => {
  const foreign = [
    'generation/notes.txt',
    'generation/train-final.jsonl',
    'metrics.json',
    'summary.csv',
    'generations.jsonl',
  ]
  await put(...foreign)
  await writeExampleRun(dir, { records: exampleTargets(60) })
  await clearFolder(dir)
  expect(await left()).toEqual(['generation', ...foreign].sort())
})

test('a run of the generate task leaves a dataset and a README alone', async () => {
  await put('generation/train.jsonl', 'README.md', 'SHA256SUMS')
  await writeManifest(dir, {
    run: 'r',
    round: 0,
    config: parseConfig({}),
    limit: null,
    inputs: [],
    requests: [],
    selectors: {},
    counts: {},
    versions: {},
  })
  await put('generations.jsonl', 'failures.jsonl')
  await clearFolder(dir)
  expect(await left()).toEqual(['README.md', 'SHA256SUMS', 'generation', 'generation/train.jsonl'])
})

test('a folder that holds no run is left as it is', async () => {
  await put('generations.jsonl', 'README.md', 'train/rows.jsonl')
  const before = await left()
  await clearFolder(dir)
  expect(await left()).toEqual(before)
})

test('a run whose description cannot be read is cleared by the names of both tasks', async () => {
  await put('run.json', 'generations.jsonl', 'summary/test.parquet', '.idiolect/parts/x', 'mine.txt')
  await writeFile(outputFolder(dir).run, '{"config"')
  await clearFolder(dir)
  expect(await left()).toEqual(['mine.txt'])
})
