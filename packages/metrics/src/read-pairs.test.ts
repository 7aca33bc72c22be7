import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import type { EvaluationRow } from './evaluate.ts'
import { readGenerations } from './read-generations.ts'
import { readPairs } from './read-pairs.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'idiolect-metrics-'))
})
afterEach(() => rm(folder, { recursive: true }))

async function file(name: string, content: string | Uint8Array | unknown[]): Promise<string> {
  const path = join(folder, name)
  const isRows = Array.isArray(content)
  await writeFile(path, isRows ? content.map((row) => `${JSON.stringify(row)}\n`).join('') : content)
  return path
}

async function all(rows: AsyncIterable<EvaluationRow>): Promise<EvaluationRow[]> {
  const found: EvaluationRow[] = []
  for await (const row of rows) found.push(row)
  return found
}

const golds = {
  task: 'LaMP_4',
  golds: [
    { id: 310, output: 'Headline' },
    { id: '311', output: 'Another' },
  ],
}

describe('readPairs', () => {
  test('pairs JSON Lines by id, whatever their order and whichever key holds the text', async () => {
    const predictions = await file('p.jsonl', [
      { id: 'a', output: '1' },
      { id: 'b', prediction: '2' },
      { id: 3, text: '3' },
    ])
    const references = await file('r.jsonl', [
      { id: '3', text: 'C' },
      { id: 'b', reference: 'B', context: 'x' },
      { id: 'a', output: 'A' },
    ])
    const rows = await all(readPairs({ predictions, references }))
    expect(rows.sort((a, b) => a.output.localeCompare(b.output))).toEqual([
      { id: 'a', output: '1', reference: 'A' },
      { id: 'b', output: '2', reference: 'B', context: 'x' },
      { id: '3', output: '3', reference: 'C' },
    ])
  })

  test.each([
    ['on one line', JSON.stringify(golds)],
    ['over several lines', JSON.stringify(golds, null, 2)],
    ['as a bare array', JSON.stringify(golds.golds)],
    ['after a byte order mark', `\uFEFF${JSON.stringify(golds, null, 2)}`],
  ])('reads LaMP outputs %s', async (_, json) => {
    const references = await file('r.json', json)
    const predictions = await file('p.jsonl', [
      { id: '310', output: 'x' },
      { id: '311', output: 'y' },
    ])
    expect(await all(readPairs({ predictions, references }))).toMatchObject([
      { id: '310', output: 'x', reference: 'Headline' },
      { id: '311', output: 'y', reference: 'Another' },
    ])
  })

  test('pairs bare text lines by their number, empty ones and CRLF included', async () => {
    const predictions = await file('p.txt', 'one\n\nthree')
    const references = await file('r', 'eins\r\nzwei\r\ndrei\r\n')
    expect(await all(readPairs({ predictions, references }))).toMatchObject([
      { id: '1', output: 'one', reference: 'eins' },
      { id: '2', output: '', reference: 'zwei' },
      { id: '3', output: 'three', reference: 'drei' },
    ])
  })

  test('takes any line of a .txt file as it stands', async () => {
    const predictions = await file('p.txt', '{"not": json\n')
    const references = await file('r.txt', '[see below]\n')
    expect(await all(readPairs({ predictions, references }))).toMatchObject([
      { output: '{"not": json', reference: '[see below]' },
    ])
  })

  test('names the ids that only one file has', async () => {
    const predictions = await file('p.jsonl', [
      { id: 'a', output: '' },
      { id: 'p1', output: '' },
    ])
    const references = await file(
      'r.jsonl',
      ['a', 'r1', 'r2', 'r3', 'r4', 'r5', 'r6'].map((id) => ({ id, output: '' })),
    )
    await expect(all(readPairs({ predictions, references }))).rejects.toMatchObject({
      code: 'input_unusable',
      message: `${references} lacks "p1"; ${predictions} lacks "r1", "r2", "r3", "r4", "r5" and 1 more`,
    })
  })

  test.each<[string, string, string | Uint8Array, RegExp]>([
    ['an empty file', 'p.jsonl', '\n \n', /is empty/],
    ['a line that is cut off', 'p.jsonl', '{"id":"a","output":"x"}\n{"id":"b","out', /p\.jsonl:2: is not JSON/],
    ['a row without id', 'p.jsonl', '{"output":"secret"}', /p\.jsonl:1: is not an object with an "id"/],
    ['a row without text', 'p.jsonl', '{"id":"a","score":1}', /p\.jsonl:1: has no text as "output" or "prediction"/],
    ['a text that is a number', 'p.jsonl', '{"id":"a","output":1}', /p\.jsonl:1: has no text/],
    [
      'an id that comes twice',
      'p.jsonl',
      '{"id":1,"output":"x"}\n{"id":"1","output":"x"}',
      /p\.jsonl:2: the id "1" was there/,
    ],
    ['golds that are no array', 'p.json', '{"golds":{}}', /is neither JSON Lines/],
    ['a broken JSON document', 'p.json', '{\n"id":', /is neither JSON Lines/],
    ['bytes that are not UTF-8', 'p.jsonl', Uint8Array.of(0x7b, 0xff, 0xfe), /is not UTF-8/],
    ['bare lines against ids', 'p.txt', 'hello\n', /bare text lines/],
  ])('refuses %s', async (_, name, content, message) => {
    const predictions = await file(name, content)
    const references = await file('r.jsonl', [{ id: 'a', reference: 'x' }])
    await expect(all(readPairs({ predictions, references }))).rejects.toMatchObject({
      code: 'input_unusable',
      message: expect.stringMatching(message),
    })
  })

  test('says which file is missing', async () => {
    const predictions = await file('p.txt', 'x')
    const references = join(folder, 'nowhere.txt')
    await expect(all(readPairs({ predictions, references }))).rejects.toMatchObject({
      code: 'input_missing',
      message: expect.stringMatching(/nowhere/),
    })
    await expect(all(readPairs({ predictions: folder, references: predictions }))).rejects.toMatchObject({
      code: 'input_unusable',
      message: expect.stringMatching(/folder/),
    })
  })
})

describe('readGenerations', () => {
  const row = { id: 'u/1', userId: 'u', context: 'Hi', output: 'Hi\u2028there \u{1f600}', reference: 'Hi Ann' }

  test('reads rows as they stand, line separators inside of a text and a missing reference included', async () => {
    const { reference: _reference, ...request } = row
    await file('generations.jsonl', [row, request])
    const { userId: _userId, ...expected } = row
    expect(await all(readGenerations(folder))).toEqual([expected, { ...expected, reference: undefined }])
  })

  test('reads a text that is longer than what is read at once', async () => {
    const long = { ...row, output: 'é'.repeat(2_000_000) }
    await file('generations.jsonl', [row, long, row])
    expect((await all(readGenerations(folder))).map(({ output }) => output.length)).toEqual([11, 2_000_000, 11])
  })

  test.each<[string, unknown[] | string, RegExp]>([
    ['a row of another kind', [row, { id: 'a', completion: 'private' }], /generations\.jsonl:2: output: .*context: /],
    ['a file that is cut off', `${JSON.stringify(row)}\n{"id":`, /generations\.jsonl:2: is not JSON/],
  ])('refuses %s', async (_, content, message) => {
    await file('generations.jsonl', content)
    await expect(all(readGenerations(folder))).rejects.toMatchObject({
      code: 'input_unusable',
      message: expect.stringMatching(message),
    })
  })

  test('says when the folder is no finished output', async () => {
    await expect(all(readGenerations(folder))).rejects.toMatchObject({ code: 'input_missing' })
  })
})
