import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, expect, test } from 'vitest'
import { parse } from 'yaml'

import { writeDataCard } from './data-card.ts'
import { exampleTargets, readRows, writeExampleRun } from './dataset-for-tests.ts'
import { finalizeRun } from './finalize.ts'
import { outputFolder } from './folder.ts'
import { listSetFiles } from './set-files.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'idiolect-card-'))
})
afterEach(async () => {
  await rm(dir, { recursive: true })
})

const readCard = () => readFile(outputFolder(dir).card, 'utf8')

type Header = {
  license?: string
  configs: { config_name: string; default?: boolean; data_files: { split: string; path: string }[] }[]
  dataset_info: { config_name: string; features: { name: string }[] }[]
}

async function readHeader(): Promise<Header> {
  const [, header] = (await readCard()).split('---\n')
  return parse(header!) as Header
}

async function finish(dataset: object, count = 200): Promise<void> {
  await writeExampleRun(dir, { dataset, records: exampleTargets(count) })
  await finalizeRun(dir, {})
}

test.each([{}, { shardBytes: 1_048_576 }, { format: 'parquet' }])(
  'the header names every data file and no other: %o',
  async (dataset) => {
    await finish(dataset, 1200)
    const files = await listSetFiles(dir)
    const { configs } = await readHeader()
    const patterns = configs.flatMap(({ data_files }) => data_files.map(({ path }) => path))
    const pattern = (path: string) => new RegExp(`^${path.replace('.', '\\.').replace('*', '[^/]*')}$`)
    for (const file of files) expect(patterns.filter((path) => pattern(path).test(file))).toHaveLength(1)
    for (const path of patterns) expect(files.some((file) => pattern(path).test(file))).toBe(true)
    expect(configs.filter((each) => each.default).map(({ config_name }) => config_name)).toEqual(['generation'])
  },
)

test('the header gives the columns of each set', async () => {
  await finish({})
  for (const { config_name, features } of (await readHeader()).dataset_info) {
    const [row] = await readRows(join(dir, config_name, 'train.jsonl'))
    expect(features.map(({ name }) => name)).toEqual(Object.keys(row!))
  }
})

test('a set without rows is not in the header', async () => {
  await finish({}, 4)
  const { configs } = await readHeader()
  for (const { config_name, data_files } of configs) {
    for (const { split } of data_files) expect(await readRows(join(dir, config_name, `${split}.jsonl`))).not.toEqual([])
  }
})

test('a licence is what was named, or none', async () => {
  await finish({ license: 'cc-by-nc-4.0' })
  expect((await readHeader()).license).toBe('cc-by-nc-4.0')
  expect(await readCard()).toContain('Licence, as named by those who made the data: cc-by-nc-4.0')
  await rm(dir, { recursive: true })
  await finish({})
  expect(await readHeader()).not.toHaveProperty('license')
  expect(await readCard()).toContain('No licence was named')
})

test('the card has the counts, and tells no folder and no password', async () => {
  await finish({})
  const card = await readCard()
  const { rows } = JSON.parse(await readFile(outputFolder(dir).run, 'utf8'))
  expect(card).toContain('| targets | 200 | targets |')
  expect(card).toContain(`| generation/train | ${rows['generation/train']} | 0 | 0 |`)
  expect(card).toContain('| documents.jsonl | 3 | aa |')
  expect(card).not.toContain('/somewhere')
})

test('the audit is told once there is one, and the card is the same each time', async () => {
  await finish({})
  const before = await readCard()
  expect(before).toContain('Not audited')
  await writeDataCard(dir)
  expect(await readCard()).toBe(before)
  const checks = [{ check: 1, name: 'nothing at or after t', meaning: '', checked: 7, violations: 0, examples: [] }]
  await writeFile(outputFolder(dir).audit, JSON.stringify({ ok: true, rows: 7, checks }))
  await writeDataCard(dir)
  expect(await readCard()).toContain('| 1 | nothing at or after t | 7 | 0 |')
})

test('only a finished dataset gets a card', async () => {
  await writeExampleRun(dir, { records: exampleTargets(4) })
  await expect(writeDataCard(dir)).rejects.toMatchObject({ code: 'input_missing' })
})
