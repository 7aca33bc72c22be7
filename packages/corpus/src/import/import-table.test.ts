import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { amazonColumns, type Columns, importTable } from './import-table.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'idiolect-table-'))
})
afterEach(() => rm(folder, { recursive: true }))

async function run(name: string, content: string | Buffer, options: { columns: Columns; format?: 'csv' }) {
  const path = join(folder, name)
  await writeFile(path, content)
  const [out, rejects] = [join(folder, 'out.jsonl'), join(folder, 'rejects.jsonl')]
  const counts = await importTable({ path, out, rejects, ...options })
  return { counts, documents: await rowsOf(out), rejects: await rowsOf(rejects) }
}

async function rowsOf(file: string) {
  const lines = (await readFile(file, 'utf8')).split('\n').filter(Boolean)
  return lines.map((line) => JSON.parse(line))
}

describe('Amazon reviews', () => {
  const review = {
    reviewerID: 'A1',
    asin: 'B000123',
    summary: 'Rings like a bell',
    reviewText: 'A kettle that sings.',
    unixReviewTime: 1252800000,
    overall: 5,
  }

  it('are documents of their reviewers, dated by their Unix time', async () => {
    const { documents } = await run('reviews.json.gz', gzipSync(`${JSON.stringify(review)}\n`), {
      columns: amazonColumns,
    })
    expect(documents).toEqual([
      {
        userId: 'A1',
        docId: 'B000123',
        timestamp: '2009-09-13T00:00:00.000Z',
        title: 'Rings like a bell',
        text: 'A kettle that sings.',
      },
    ])
  })

  it('may have no summary; without text or time they are rejected in the words of the format', async () => {
    const lines = [
      { ...review, summary: undefined },
      { ...review, reviewText: undefined },
      { ...review, reviewText: ' ' },
      { ...review, unixReviewTime: 'long ago' },
    ].map((line) => JSON.stringify(line))
    const { counts, documents, rejects } = await run('reviews.json', [...lines, '{', ''].join('\n'), {
      columns: amazonColumns,
    })
    expect(documents.map(({ title }) => title)).toEqual([''])
    expect(rejects.map(({ line, code, reason }) => [line, code, reason])).toEqual([
      [2, 'missing_field', 'reviewText is missing'],
      [3, 'empty_text', 'reviewText is empty'],
      [4, 'invalid_timestamp', expect.stringMatching(/^unixReviewTime is /)],
      [5, 'invalid_json', expect.any(String)],
    ])
    expect(counts).toEqual({ records: 5, documents: 1, rejected: 4 })
  })
})

describe('a table', () => {
  const columns = { user: 'who', id: 'nr', time: 'when', title: 'head', text: 'what' }

  it('is read by the names of its columns, whatever the file is called', async () => {
    const csv = 'nr;who;when;head;what;else\n7;ada;2020-01-02;Sails;"One; two\n""three"""; \n'
    const { documents } = await run('table.txt', csv, { columns, format: 'csv' })
    expect(documents).toEqual([
      { userId: 'ada', docId: '7', timestamp: '2020-01-02T00:00:00.000Z', title: 'Sails', text: 'One; two\n"three"' },
    ])
  })

  it('needs no id and no title', async () => {
    const csv = 'who,when,what\nada,2020-01-02,One.\nada,2020-01-03,Two.\n'
    const { documents } = await run('table.csv', csv, {
      columns: { user: 'who', time: 'when', text: 'what' },
      format: 'csv',
    })
    expect(documents.map(({ docId, title, text }) => [docId, title, text])).toEqual([
      ['table-2', '', 'One.'],
      ['table-3', '', 'Two.'],
    ])
  })

  it('that lacks a column is refused with the columns it has', async () => {
    const refused = run('table.csv', 'who,when,text\nada,2020-01-02,One.\n', { columns, format: 'csv' })
    await expect(refused).rejects.toMatchObject({
      code: 'input_unusable',
      message: expect.stringContaining('no column nr, head, what; it has who, when, text'),
    })
  })

  it('of which no row can be used is refused, and the rejects say why', async () => {
    const refused = run('table.csv', 'nr,who,when,head,what\n1,,2020-01-02,,One.\n', { columns, format: 'csv' })
    await expect(refused).rejects.toMatchObject({ code: 'input_unusable' })
    expect(await rowsOf(join(folder, 'rejects.jsonl'))).toEqual([
      { file: join(folder, 'table.csv'), line: 2, code: 'missing_field', reason: 'who is empty' },
    ])
  })
})
