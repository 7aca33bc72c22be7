import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { splitOf, teachesSelectors } from '@idiolect/contracts/split'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { digestsOf, exampleTargets, readRows, writeExampleRun } from './dataset-for-tests.ts'
import { finalizeRun } from './finalize.ts'
import { outputFolder } from './folder.ts'
import type { FinishedRun } from './manifest.ts'
import { tablesOf } from './tables.ts'

let base: string
let dir: string
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'idiolect-dataset-'))
  dir = join(base, 'out')
  await mkdir(dir)
})
afterEach(async () => {
  await rm(base, { recursive: true })
})

const records = exampleTargets(200)
const readRun = async (): Promise<FinishedRun> => JSON.parse(await readFile(outputFolder(dir).run, 'utf8'))

describe.each(['jsonl', 'parquet'])('a dataset as %s', (format) => {
  test('is the same, byte by byte, whatever the parts were and whoever finished it', async () => {
    await writeExampleRun(dir, { dataset: { format }, records })
    await finalizeRun(dir, { wallMs: 1 })
    const digests = await digestsOf(dir)

    const again = join(base, 'again')
    await writeExampleRun(again, { dataset: { format }, records, perPart: 5 })
    await Promise.all([finalizeRun(again, { wallMs: 2 }), finalizeRun(again, { wallMs: 3 })])
    expect(await digestsOf(again)).toEqual(digests)
  })

  test('is mended by a repetition when its process is killed among the files', async () => {
    const dataset = { format, shardBytes: 1_048_576 }
    const long = exampleTargets(80, { prompt: 'p'.repeat(60_000) })
    await writeExampleRun(dir, { dataset, records: long })
    const untouched = join(base, 'untouched')
    await writeExampleRun(untouched, { dataset, records: long })
    await finalizeRun(untouched, {})

    const script = `
      import { watch } from 'node:fs'
      import { finalizeRun } from ${JSON.stringify(new URL('finalize.ts', import.meta.url).href)}
      watch(${JSON.stringify(dir)}, (_event, name) => {
        if (name === 'generation') process.kill(process.pid, 'SIGKILL')
      })
      await finalizeRun(${JSON.stringify(dir)}, {})`
    const args = ['--import', 'tsx', '--input-type=module', '--eval', script]
    const child = spawn(process.execPath, args, { stdio: 'inherit' })
    expect(await once(child, 'exit')).toEqual([null, 'SIGKILL'])
    expect(await readdir(dir)).not.toContain('run.json')

    await finalizeRun(dir, {})
    expect(await digestsOf(dir)).toEqual(await digestsOf(untouched))
    expect(await readdir(dir)).not.toContain('.idiolect')
  })
})

test('a row stands in the file of its set and split, in the order of the run', async () => {
  const config = await writeExampleRun(dir, { records })
  await finalizeRun(dir, {})
  const train = records.filter(({ userId }) => splitOf(userId, config) === 'train')
  const rows = await readRows(join(dir, 'generation/train.jsonl'))
  expect(rows.map(({ id }) => id)).toEqual(train.map(({ id }) => id))
  const taught = train.filter(({ userId, ordinal }) => teachesSelectors(userId, config) && ordinal % 5 !== 4)
  const summaries = await readRows(join(dir, 'summary/train.jsonl'))
  expect(summaries.map(({ id }) => id)).toEqual(taught.map(({ id }) => id))
})

test('the counts add up: rows, empty labels and the other half to the rows of generation, these and the failures to the targets', async () => {
  await writeExampleRun(dir, { records, failed: [0, 17, 199] })
  await finalizeRun(dir, {})
  const { counts, rows, withoutLabel, otherHalf } = await readRun()
  expect(counts).toMatchObject({ targets: 200, done: 197, failed: 3 })
  expect(Object.keys(rows!)).toEqual(tablesOf('dataset'))
  const sum = (split: string, set: string) =>
    (rows![`${set}/${split}`] ?? 0) + (withoutLabel![`${set}/${split}`] ?? 0) + (otherHalf![`${set}/${split}`] ?? 0)
  const generation = ['train', 'validation', 'test'].map((split) => {
    const count = sum(split, 'generation')
    expect([sum(split, 'summary'), sum(split, 'synthesis')]).toEqual([count, count])
    return count
  })
  expect(generation.reduce((a, b) => a + b)).toBe(counts.done)
  expect(sum('train', 'author-distinction')).toBe(generation[0])
  expect(withoutLabel!['summary/train']).toBeGreaterThan(0)
  expect(otherHalf!['summary/train']).toBeGreaterThan(0)
  for (const [table, count] of Object.entries(rows!)) {
    if (count > 0) expect(await readRows(join(dir, `${table}.jsonl`))).toHaveLength(count)
  }
  expect(await readRows(outputFolder(dir).failures)).toHaveLength(3)
})

test('rows that got lost are not passed over', async () => {
  await writeExampleRun(dir, { records: records.slice(0, 8) })
  const [shard] = await readdir(outputFolder(dir).parts)
  const [name] = await readdir(join(outputFolder(dir).parts, shard!))
  const path = join(outputFolder(dir).parts, shard!, name!)
  const lines = (await readFile(path, 'utf8')).split('\n')
  await writeFile(path, lines.filter((line) => !line.startsWith('generation/')).join('\n'))
  await expect(finalizeRun(dir, {})).rejects.toThrow('0 rows and 0 failures do not make 8 targets')
})

test('a set that is larger than a shard is cut between rows, and one without rows has no file', async () => {
  const long = exampleTargets(60, { userId: 'u1', prompt: 'p'.repeat(50_000) })
  await writeExampleRun(dir, { dataset: { shardBytes: 1_048_576 }, records: long })
  await finalizeRun(dir, {})
  const names = await readdir(join(dir, 'generation'))
  expect(names.sort()).toEqual(['train-00000.jsonl', 'train-00001.jsonl', 'train-00002.jsonl'])
  const shards = await Promise.all(names.map((name) => readRows(join(dir, 'generation', name))))
  expect(shards.flat().map(({ id }) => id)).toEqual(long.map(({ id }) => id))
  for (const name of names) {
    expect((await readFile(join(dir, 'generation', name))).length).toBeLessThanOrEqual(1_048_576)
  }
})

test('SHA256SUMS covers the data and what it was made with, as sha256sum writes it', async () => {
  await writeExampleRun(dir, { records })
  await finalizeRun(dir, {})
  const digests = await digestsOf(dir)
  const { 'README.md': _card, SHA256SUMS: _sums, ...covered } = digests
  const lines = Object.entries(covered).map(([path, digest]) => `${digest}  ${path}\n`)
  expect(await readFile(outputFolder(dir).checksums, 'utf8')).toBe(lines.join(''))
  expect(Object.keys(covered)).toEqual(expect.arrayContaining(['document-frequencies.tsv.gz', 'failures.jsonl']))
  expect(Object.keys(covered)).toEqual(expect.arrayContaining(['rejects.jsonl', 'run.json', 'generation/test.jsonl']))
})

test('files that an earlier run left in a set, and its audit, go; files of others stay', async () => {
  await writeExampleRun(dir, { records })
  await mkdir(join(dir, 'generation'))
  await writeFile(join(dir, 'generation/train-00007.jsonl'), '{}\n')
  await writeFile(join(dir, 'generation/notes.txt'), 'mine')
  await writeFile(outputFolder(dir).audit, '{}')
  await finalizeRun(dir, {})
  expect((await readdir(join(dir, 'generation'))).sort()).toEqual([
    'notes.txt',
    'test.jsonl',
    'train.jsonl',
    'validation.jsonl',
  ])
  expect(await readdir(dir)).not.toContain('audit.json')
})
