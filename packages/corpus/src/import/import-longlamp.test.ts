import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { importLongLamp } from './import-longlamp.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'idiolect-longlamp-'))
})
afterEach(() => rm(folder, { recursive: true }))

const written = ['out', 'rejects', 'requestsOut', 'referencesOut'] as const

async function importFrom(path: string) {
  const [out, rejects, requestsOut, referencesOut] = written.map((name) => join(folder, `${name}.jsonl`))
  const counts = await importLongLamp({ path, out: out!, rejects: rejects!, requestsOut, referencesOut })
  const texts = await Promise.all(written.map((name) => readFile(join(folder, `${name}.jsonl`), 'utf8')))
  const [documents, rejected, requests, references] = texts.map((text) =>
    text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line)),
  )
  return { counts, texts, documents: documents!, rejects: rejected!, requests: requests!, references: references! }
}

async function run(rows: readonly object[], name = 'test.jsonl') {
  await writeFile(join(folder, name), rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
  return importFrom(join(folder, name))
}

const review = { overall: '5.0', summary: 'Sings', description: 'A kettle', reviewText: 'It sings.' }
const row = { reviewerId: 'r1', input: 'Generate the review text.', output: 'A fine kettle.', profile: [review] }

describe('a row', () => {
  it.each<[string, object, object, object]>([
    [
      'abstract generation',
      { name: 'Ada' },
      { title: 'On tides', abstract: 'We measure.', id: '53e9', year: 2008 },
      { userId: 'Ada', docId: '53e9', title: 'On tides', text: 'We measure.' },
    ],
    ['product reviews', { reviewerId: 'r1' }, review, { userId: 'r1', title: 'Sings', text: 'It sings.' }],
    [
      'topic writing',
      { author: 'a1' },
      { author: 'a1', summary: 'Tides', content: 'In and out.' },
      { userId: 'a1', title: 'Tides', text: 'In and out.' },
    ],
    [
      'older topic writing',
      { author: 'a1' },
      { input: 'Write of tides', output: 'In and out.' },
      { userId: 'a1', title: 'Write of tides', text: 'In and out.' },
    ],
  ])('of %s becomes documents, a request and a reference', async (_name, user, item, document) => {
    const { input, output } = row
    const { documents, requests, references } = await run([{ ...user, input, output, profile: [item] }])
    expect(documents).toMatchObject([{ ...document, timestamp: '2000-01-01T00:00:00.000Z' }])
    const { userId } = documents[0]
    expect(requests).toEqual([{ requestId: 'test-0', userId, context: input, timestamp: '2000-01-01T00:00:00.001Z' }])
    expect(references).toEqual([{ id: 'test-0', reference: output, context: input }])
  })

  it('is numbered over all shards of its split, one that cannot be used too', async () => {
    const shards = ['train-00000-of-00002.jsonl', 'train-00001-of-00002.jsonl', 'val.jsonl']
    const lines = `${JSON.stringify(row)}\n{"reviewerId": "r2"}\n`
    for (const name of shards) await writeFile(join(folder, name), lines)
    const { requests, rejects, counts } = await importFrom(join(folder, '{train,val}*.jsonl'))
    expect(requests.map(({ requestId }) => requestId)).toEqual(['train-0', 'train-2', 'val-0'])
    expect(rejects.map(({ file, line, reason }) => [basename(file), line, reason])).toEqual(
      shards.map((name) => [name, 2, 'input is missing']),
    )
    // The three rows are the same author's and hold the same item.
    expect(counts).toMatchObject({ questions: 6, items: 3, documents: 1, repeated: 2, rejected: 3 })
  })

  it('without an author, or without a past, is rejected with its true text', async () => {
    const { reviewerId: _, ...nobody } = row
    const { counts, rejects, requests } = await run([nobody, { ...row, profile: [] }, row])
    expect(rejects.map(({ line, code }) => [line, code])).toEqual([
      [1, 'missing_field'],
      [2, 'no_history'],
      [2, 'unknown_id'],
    ])
    expect(requests.map(({ requestId }) => requestId)).toEqual(['test-2'])
    expect(counts).toMatchObject({ questions: 3, requests: 1, outputs: 2, references: 1 })
  })

  it('may have no true text', async () => {
    const { counts, requests, references } = await run([{ ...row, output: undefined }])
    expect([requests.length, references.length, counts.outputs]).toEqual([1, 0, 0])
  })
})

const native = fileURLToPath(new URL('../../../../../shared/data/native/LongLaMP/', import.meta.url))
const here = existsSync(native)
if (!here) console.warn(`Skipped: ${native} is not there; it does not come with the product.`)

it.skipIf(!here)('a split is imported to the same bytes from Parquet, JSON Lines and a JSON array', async () => {
  const forms = ['test-00000-of-00001.parquet', 'test.jsonl', 'test.json']
  const imports = []
  for (const form of forms) imports.push(await importFrom(join(native, 'product_review_temporal', form)))
  const [parquet, lines, array] = imports.map(({ texts }) => texts)
  expect(parquet).toEqual(lines)
  expect(array).toEqual(lines)
  expect(imports[0]!.counts).toMatchObject({ questions: 94, requests: 94, references: 94, rejected: 0 })
})

it.skipIf(!here)('topic writing is imported whole from all its Parquet files', async () => {
  const { counts } = await importFrom(join(native, 'topic_writing_user/*.parquet'))
  expect(counts).toMatchObject({ questions: 80, requests: 80, references: 80, rejected: 0 })
  expect(counts.documents + counts.repeated).toBe(counts.items)
})
