import { access, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { DuckDBInstance } from '@duckdb/node-api'
import { parseConfig } from '@idiolect/contracts/config'
import { splitOf, teachesSelectors } from '@idiolect/contracts/split'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'

import { prefixedUrl } from './prefixed.ts'
import { idiolect } from './processes.ts'
import { importMail, writeLines } from './texts.ts'

// As few texts as give every set rows; the embedding model is the real one.
const few = [
  '--limit',
  '24',
  '--set',
  'targets.minPerUser=3',
  'history.maxDocuments=6',
  'split.train=0.5',
  'split.validation=0.25',
  'split.test=0.25',
]

let dir: string
let documents: string
let redisUrl: string

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'idiolect-dataset-'))
  documents = await importMail(dir, '00[0-4]*.txt')
  redisUrl = prefixedUrl(inject('redisUrl'))
})

afterAll(async () => {
  await rm(dir, { recursive: true, force: true })
})

type Row = { id: string; userId: string; prompt: string; completion: string } & Record<string, unknown>

async function rowsOf(out: string, table: string): Promise<Row[]> {
  const text = await readFile(join(out, `${table}.jsonl`), 'utf8').catch(() => '')
  return text === ''
    ? []
    : text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line))
}

const make = (out: string, input: string, ...args: string[]) =>
  idiolect(['run', '--task', 'dataset', '-i', input, '-o', out, ...few, ...args], { REDIS_URL: redisUrl })

describe('the dataset task', { timeout: 240_000 }, () => {
  let out: string

  test('writes what each model of the paper learns from, audited, and accounts for every target', async () => {
    out = join(dir, 'jsonl')
    const ended = await make(out, documents, '--license', 'cc0-1.0')
    expect(ended.code, ended.stderr).toBe(0)
    expect(ended.stdout).toContain('nothing found')
    const run = JSON.parse(await readFile(join(out, 'run.json'), 'utf8'))
    expect(run.counts).toMatchObject({ targets: 24, done: 24, failed: 0 })
    const generation = (
      await Promise.all(['train', 'validation', 'test'].map((part) => rowsOf(out, `generation/${part}`)))
    ).flat()
    expect(generation).toHaveLength(24)
    for (const { prompt, completion, context } of generation) {
      expect(completion.startsWith(context as string)).toBe(true)
      expect(prompt).toContain(`passage start:\n${context}`)
      expect(prompt).not.toContain(completion)
    }
    const pairs = await rowsOf(out, 'author-distinction/train')
    expect(pairs).toHaveLength((await rowsOf(out, 'generation/train')).length)
    for (const { userId, otherUserId, completion } of pairs) expect(completion).toBe(String(userId === otherUserId))
    await access(join(out, 'README.md'))
    await access(join(out, 'audit.json'))
  })

  test('puts users into one part each, and teaches the selectors one half of the training users', async () => {
    const { config } = JSON.parse(await readFile(join(out, 'run.json'), 'utf8'))
    const parsed = parseConfig(config)
    for (const set of ['generation', 'summary', 'synthesis', 'author-distinction']) {
      for (const part of ['train', 'validation', 'test']) {
        for (const { userId } of await rowsOf(out, `${set}/${part}`)) {
          expect(splitOf(userId, parsed)).toBe(part)
          if (part === 'train' && (set === 'summary' || set === 'synthesis'))
            expect(teachesSelectors(userId, parsed)).toBe(true)
        }
      }
    }
  })

  test('labels with past snippets and past words alone', async () => {
    const labelled = (
      await Promise.all(['train', 'validation', 'test'].map((part) => rowsOf(out, `summary/${part}`)))
    ).flat()
    expect(labelled.length).toBeGreaterThan(3)
    for (const { completion, chosen, entries, snippets } of labelled) {
      const places = snippets as { entry: number; start: number; end: number }[]
      const texts = (chosen as number[]).map((index) => {
        const { entry, start, end } = places[index]!
        return (entries as { text: string }[])[entry]!.text.slice(start, end)
      })
      expect(completion).toBe(texts.join(' '))
    }
  })

  test('gives the same bytes for the same documents in another order, and another split for another seed', async () => {
    const lines = (await readFile(documents, 'utf8')).trimEnd().split('\n')
    const turned = await writeLines(join(dir, 'turned.jsonl'), lines.toReversed())
    const again = join(dir, 'again')
    expect((await make(again, turned, '--license', 'cc0-1.0')).code).toBe(0)
    for (const file of [
      'generation/train.jsonl',
      'summary/train.jsonl',
      'synthesis/train.jsonl',
      'author-distinction/train.jsonl',
      'document-frequencies.tsv.gz',
    ]) {
      expect(await readFile(join(again, file)), file).toEqual(await readFile(join(out, file)))
    }
    const other = join(dir, 'other')
    expect((await make(other, documents, 'seed=4')).code).toBe(0)
    const users = async (folder: string) =>
      new Set((await rowsOf(folder, 'generation/train')).map(({ userId }) => userId))
    expect(await users(other)).not.toEqual(await users(out))
  })

  test('writes Parquet with the same rows', async () => {
    const parquet = join(dir, 'parquet')
    expect((await make(parquet, documents, '--format', 'parquet', '--license', 'cc0-1.0')).code).toBe(0)
    const connection = await (await DuckDBInstance.create(':memory:')).connect()
    for (const set of ['generation', 'summary', 'synthesis']) {
      const sql = `SELECT id, completion FROM '${join(parquet, set, 'train.parquet')}'`
      const read = (await connection.runAndReadAll(sql)).getRowObjectsJS()
      expect(read).toEqual((await rowsOf(out, `${set}/train`)).map(({ id, completion }) => ({ id, completion })))
    }
    connection.closeSync()
  })

  test('fails the audit when a row is changed afterwards', async () => {
    const file = join(out, 'generation/train.jsonl')
    const before = await readFile(file, 'utf8')
    const [first, ...rest] = before.trimEnd().split('\n')
    const row = JSON.parse(first!)
    row.entries[0].text = row.completion.slice(0, 80)
    await writeFile(file, `${[JSON.stringify(row), ...rest].join('\n')}\n`)
    const ended = await idiolect(['audit', out])
    expect(ended.code).toBe(1)
    expect(ended.stdout).toContain(row.id)
    await writeFile(file, before)
  })
})
