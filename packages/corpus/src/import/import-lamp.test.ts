import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { importLamp } from './import-lamp.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'idiolect-lamp-'))
})
afterEach(() => rm(folder, { recursive: true }))

async function importFrom(path: string, outputs?: string) {
  const files = {
    out: join(folder, 'out.jsonl'),
    rejects: join(folder, 'rejects.jsonl'),
    requestsOut: join(folder, 'requests.jsonl'),
    referencesOut: join(folder, 'references.jsonl'),
  }
  const counts = await importLamp({ path, outputs, ...files })
  const { questions, items, outputs: truth, requests, documents, repeated, references, rejected } = counts
  expect(questions + items + truth).toBe(requests + documents + repeated + references + rejected)
  return {
    counts,
    documents: await rowsOf(files.out),
    rejects: await rowsOf(files.rejects),
    requests: await rowsOf(files.requestsOut),
    references: await rowsOf(files.referencesOut),
  }
}

async function rowsOf(file: string) {
  const lines = (await readFile(file, 'utf8')).split('\n').filter(Boolean)
  return lines.map((line) => JSON.parse(line))
}

async function run(questions: unknown, outputs?: unknown) {
  const paths = [join(folder, 'dev_questions.json'), join(folder, 'dev_outputs.json')] as const
  await writeFile(paths[0], typeof questions === 'string' ? questions : JSON.stringify(questions))
  if (outputs !== undefined) await writeFile(paths[1], JSON.stringify(outputs))
  return importFrom(paths[0], outputs === undefined ? undefined : paths[1])
}

const item = { id: '110', title: 'Tides', text: 'The sea came in.' }
const question = { id: '11', input: 'Generate a headline: The sea left.', profile: [item] }

describe('a profile', () => {
  it.each<[string, object, { title: string; text: string }]>([
    ['LaMP-1 and -5', { title: 'On tides', abstract: 'We measure.' }, { title: 'On tides', text: 'We measure.' }],
    ['LaMP-2', { tag: 'comedy', description: 'A clown sails.' }, { title: 'comedy', text: 'A clown sails.' }],
    ['LaMP-3', { text: 'It floats.', score: 5 }, { title: '5', text: 'It floats.' }],
    ['LaMP-4 and -6', { title: 'Tides', text: 'In and out.' }, { title: 'Tides', text: 'In and out.' }],
    ['LaMP-7', { text: 'gone sailing' }, { title: '', text: 'gone sailing' }],
  ])('of %s becomes documents', async (_task, fields, expected) => {
    const { documents } = await run([{ ...question, profile: [{ id: 7, ...fields }] }])
    expect(documents).toEqual([{ userId: '11', docId: '7', timestamp: '2000-01-01T00:00:00.000Z', ...expected }])
  })

  it.each<[unknown, string]>([
    ['2014', '2014-01-01T00:00:00.000Z'],
    [2014, '2014-01-01T00:00:00.000Z'],
    ['2014-03-05', '2014-03-05T00:00:00.000Z'],
  ])('may be dated %j', async (date, timestamp) => {
    const { documents, requests } = await run([{ ...question, profile: [{ ...item, date }] }])
    expect(documents).toMatchObject([{ timestamp }])
    expect(Date.parse(requests[0].timestamp)).toBe(Date.parse(timestamp) + 1)
  })

  it('without dates is in the order of its list, and the question comes after it', async () => {
    const profile = ['c', 'a', 'b'].map((id) => ({ ...item, id }))
    const { documents, requests } = await run([{ ...question, profile }])
    expect(documents.map(({ docId, timestamp }) => [docId, timestamp])).toEqual([
      ['c', '2000-01-01T00:00:00.000Z'],
      ['a', '2000-01-01T00:00:01.000Z'],
      ['b', '2000-01-01T00:00:02.000Z'],
    ])
    expect(requests).toEqual([
      { requestId: '11', userId: '11', context: question.input, timestamp: '2000-01-01T00:00:02.001Z' },
    ])
  })

  it('that an author has in several questions is written once, and an earlier question sees none of a later one', async () => {
    const profiles = [['a', 'b'], ['b', 'c', 'a'], ['a']]
    const questions = profiles.map((ids, index) => ({
      ...question,
      id: index,
      user_id: 5,
      profile: ids.map((id) => ({ ...item, id })),
    }))
    const { counts, documents, requests } = await run(questions)
    expect(documents.map(({ userId, docId }) => [userId, docId])).toEqual([
      ['5', 'a'],
      ['5', 'b'],
      ['5', 'c'],
    ])
    const seen = requests.map(({ timestamp }) => documents.filter((document) => document.timestamp < timestamp).length)
    expect(seen).toEqual([2, 3, 1])
    expect(counts).toMatchObject({ items: 6, documents: 3, repeated: 3 })
  })
})

describe('questions', () => {
  it.each<[string, string]>([
    ['an array', JSON.stringify([question])],
    ['an object with its task', JSON.stringify({ task: 'LaMP_4', golds: [question] })],
    ['an object with its task at the end', `{\n "golds": [\n${JSON.stringify(question)}\n], "task": "LaMP_4" }\n`],
  ])('may be %s', async (_form, json) => {
    const { requests, rejects } = await run(json)
    expect(requests.map(({ requestId }) => requestId)).toEqual(['11'])
    expect(rejects).toEqual([])
  })

  it('that cannot be used are rejected with their line, and the rest is imported', async () => {
    const bad = [
      { ...question, id: undefined },
      { ...question, id: 2, input: '' },
      { ...question, id: 3, user_id: '' },
      { ...question, id: 4, profile: 'none' },
      { ...question, id: 5, profile: [] },
      question,
      { ...question, id: 6, profile: [item, { id: 1, word: 'x' }, { ...item, text: ' ' }, { ...item, date: 'May' }] },
      7,
    ]
    const lines = [question, ...bad].map((line) => JSON.stringify(line))
    const { rejects, requests } = await run(`{"task": "LaMP_4", "golds": [\n${lines.join(',\n')}\n]}`)
    expect(rejects.map(({ line, code, reason }) => `${line} ${code}: ${reason}`)).toEqual([
      '3 missing_field: id is missing',
      '4 empty_text: input is empty',
      '5 missing_field: user_id is empty',
      '6 wrong_type: profile must be an array',
      '7 no_history: profile holds no document',
      '8 duplicate_id: id stands for an earlier question',
      '9 missing_field: profile[1]: none of abstract, description, text is there',
      '9 empty_text: profile[2]: text is empty',
      expect.stringMatching(/^9 invalid_timestamp: profile\[3\]: date is neither/),
      expect.stringMatching(/^10 not_an_object: /),
    ])
    expect(requests.map(({ requestId }) => requestId)).toEqual(['11', '6'])
  })

  it('that are cut off are refused', async () => {
    const whole = JSON.stringify({ task: 'LaMP_4', golds: [question, question] })
    await expect(run(whole.slice(0, -10))).rejects.toMatchObject({ code: 'input_truncated' })
  })

  it('of which none becomes a request are refused', async () => {
    await expect(run([{ ...question, profile: [] }])).rejects.toMatchObject({ code: 'input_unusable' })
  })
})

describe('outputs', () => {
  const golds = [
    { id: 11, output: 'Low water' },
    { id: 12, output: 3 },
    { id: 13, output: 'of no question' },
    { id: 11, output: 'twice' },
  ]
  it.each<[string, unknown]>([
    ['a list', golds],
    ['an object', { task: 'LaMP_4', golds }],
  ])('in %s become the references of their questions', async (_form, outputs) => {
    const { references, rejects } = await run([{ ...question, id: 12 }, question], outputs)
    expect(references).toEqual([
      { id: '12', reference: '3', context: question.input },
      { id: '11', reference: 'Low water', context: question.input },
    ])
    expect(rejects.map(({ code }) => code)).toEqual(['duplicate_id', 'unknown_id'])
  })
})

const native = fileURLToPath(new URL('../../../../../shared/data/native/', import.meta.url))
const here = existsSync(native)
if (!here) console.warn(`Skipped: ${native} is not there; it does not come with the product.`)

it.skipIf(!here)(
  'files of the benchmark in either form of its outputs are imported whole, the same each time',
  async () => {
    const questions = join(native, 'LaMP_4/dev_questions.json')
    const first = await importFrom(questions, join(native, 'LaMP_4/dev_outputs.json'))
    expect(await importFrom(questions, join(native, 'LaMP_4/dev_outputs_bare_list.json'))).toEqual(first)
    const source: { profile: object[] }[] = JSON.parse(await readFile(questions, 'utf8'))
    const items = source.reduce((sum, { profile }) => sum + profile.length, 0)
    expect(first.counts).toMatchObject({ questions: 10, requests: 10, references: 10, documents: items, rejected: 0 })
  },
)

it.skipIf(!here)('files of the time split keep their dates', async () => {
  const questions = join(native, 'LaMP_3/train_questions.json')
  const { counts, documents } = await importFrom(questions)
  expect(counts).toMatchObject({ questions: 60, requests: 60, references: 0, rejected: 0 })
  const source: { profile: { date: string }[] }[] = JSON.parse(await readFile(questions, 'utf8'))
  const dates = source.flatMap(({ profile }) => profile.map(({ date }) => `${date}T00:00:00.000Z`))
  expect(documents.map(({ timestamp }) => timestamp)).toEqual(dates)
})
