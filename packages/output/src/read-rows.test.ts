import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { DuckDBInstance } from '@duckdb/node-api'
import { parseConfig } from '@idiolect/contracts/config'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { exampleTargets, failureOf, writeExampleRun } from './dataset-for-tests.ts'
import { finalizeRun } from './finalize.ts'
import { writeManifest } from './manifest.ts'
import { commitPart } from './parts.ts'
import { findAuthor, readRows, tablesIn } from './read-rows.ts'
import type { TableName } from './tables.ts'
import { compareUsers } from './user-of-row.ts'

let base: string
let made = 0
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'idiolect-rows-'))
})
afterAll(() => rm(base, { recursive: true }))

type Row = { id: string; userId: string; text: string }

/** Rows of the generate task, those of `failed` given up on; `perPart` targets make a part. */
async function writeRun({
  rows,
  perPart = 4,
  failed = new Set(),
}: {
  rows: Row[]
  perPart?: number
  failed?: Set<number>
}) {
  const dir = join(base, `run-${made++}`)
  await writeManifest(dir, {
    run: 'run-1',
    round: 0,
    config: parseConfig({}),
    limit: null,
    inputs: [],
    requests: [],
    selectors: {},
    counts: { targets: rows.length },
    versions: {},
  })
  for (let first = 0; first < rows.length; first += perPart) {
    const ordinals = rows.slice(first, first + perPart).map((_, index) => first + index)
    const done = ordinals.filter((ordinal) => !failed.has(ordinal))
    await commitPart(dir, {
      first,
      count: ordinals.length,
      rows: done.map((ordinal) => ({ table: 'generations', row: rows[ordinal]! })),
      failures: ordinals.filter((ordinal) => failed.has(ordinal)).map(failureOf),
      models: {},
    })
  }
  return dir
}

/** Every page, one after the other. */
async function allPages(dir: string, options: { table?: TableName; limit: number; maxBytes?: number }) {
  const rows: Record<string, unknown>[] = []
  const pages: number[] = []
  let cursor: string | null = null
  do {
    const page = await readRows(dir, { ...options, ...(cursor === null ? {} : { cursor }) })
    rows.push(...page.rows.map(({ row }) => row))
    pages.push(page.rows.length)
    cursor = page.next
  } while (cursor !== null)
  return { rows, pages }
}

const strangeIds = ['', 'B', 'a', 'a"', 'a\\', 'ab', '__proto__', 'u\n', 'ä', '\uff20', '😀', '\ufffd', '\u0000']

/** Authors in the order in which the source hands them on. */
const authors = fc
  .uniqueArray(fc.oneof(fc.constantFrom(...strangeIds), fc.string({ unit: 'grapheme', maxLength: 6 })), {
    maxLength: 12,
  })
  .map((ids) => ids.map((id) => id.toWellFormed()))
  .map((ids) => [...new Set(ids)].sort(compareUsers))

const rowsArbitrary = authors.chain((ids) =>
  fc
    .array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 0, max: 60 })), {
      minLength: ids.length,
      maxLength: ids.length,
    })
    .map((shapes) =>
      ids.flatMap((userId, author) => {
        const [count, chars] = shapes[author]!
        // Of authors with many rows some are longer than what a search reads at once.
        const text = 'ö"\n'.repeat(chars * (chars > 55 ? 400 : 1))
        return Array.from({ length: count }, (_, index) => ({ id: `${userId}/d${index}`, userId, text }))
      }),
    ),
)

const failedArbitrary = fc.uniqueArray(fc.integer({ min: 0, max: 40 }), { maxLength: 20 }).map((all) => new Set(all))

describe.each(['finished', 'under way'] as const)('of a run that is %s', (state) => {
  const write = async (options: Parameters<typeof writeRun>[0]) => {
    const dir = await writeRun(options)
    if (state === 'finished') await finalizeRun(dir, {})
    return dir
  }

  test('pages of any size give every row once and in order', { timeout: 60_000 }, async () => {
    const sizes = fc.record({ limit: fc.integer({ min: 1, max: 30 }), maxBytes: fc.integer({ min: 1, max: 5_000 }) })
    await fc.assert(
      fc.asyncProperty(rowsArbitrary, failedArbitrary, sizes, async (rows, failed, options) => {
        const dir = await write({ rows, failed })
        const { rows: read, pages } = await allPages(dir, options)
        expect(read).toEqual(rows.filter((_, ordinal) => !failed.has(ordinal)))
        expect(Math.max(...pages)).toBeLessThanOrEqual(options.limit)
        await rm(dir, { recursive: true })
      }),
      { numRuns: 40 },
    )
  })

  test('an author is found where a look at every row finds the first one', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(rowsArbitrary, failedArbitrary, async (rows, failed) => {
        const dir = await write({ rows, failed })
        const done = rows.filter((_, ordinal) => !failed.has(ordinal))
        for (const userId of new Set([...rows.map((row) => row.userId), ...strangeIds, 'zz'])) {
          const cursor = await findAuthor(dir, { table: 'generations', userId })
          const first = done.find((row) => row.userId === userId)
          if (first === undefined) expect(cursor).toBeNull()
          else expect((await readRows(dir, { cursor: cursor!, limit: 1 })).rows[0]!.row).toEqual(first)
        }
        await rm(dir, { recursive: true })
      }),
      { numRuns: 40 },
    )
  })

  test('an author who is asked for by half a character is found under what the output has in its place', async () => {
    const dir = await write({ rows: [{ id: 'x', userId: '\ufffd', text: '' }] })
    expect(await findAuthor(dir, { table: 'generations', userId: '\ud83d' })).not.toBeNull()
  })

  test('a cursor that starts no row of the folder is refused', async () => {
    const rows = Array.from({ length: 9 }, (_, index) => ({ id: `a/${index}`, userId: 'a', text: 'x' }))
    const dir = await write({ rows })
    const valid = (await readRows(dir, { limit: 5 })).next!
    const [name, position] = [valid.slice(0, valid.indexOf('@')), Number(valid.slice(valid.indexOf('@') + 1))]
    const hostile = [
      '',
      '@',
      '@0',
      name,
      `${name}@`,
      `${name}@-1`,
      `${name}@1.5`,
      `${name}@99999999`,
      `${name}@999999999999999999`,
      `${name}@${position}0000`,
      `${valid}\n`,
      'run.json@0',
      '../generations.jsonl@0',
      './generations.jsonl@0',
      '/etc/passwd@0',
      'generations.jsonl\u0000@0',
      '__proto__@0',
      'parts/1@0',
      'parts/../../run.json@0',
      'generation/train.jsonl@0',
    ]
    if (state === 'finished') hostile.push(`${name}@${position + 1}`, `${name}@1`)
    for (const cursor of hostile) {
      await expect(readRows(dir, { cursor, limit: 1 }), cursor).rejects.toMatchObject({ code: 'usage' })
    }
    expect((await readRows(dir, { cursor: valid, limit: 1 })).rows[0]!.row).toEqual(rows[5])
  })

  test('a row that is larger than a page may be stands on a page of its own', async () => {
    const text = 'x'.repeat(3_000_000)
    const rows = ['a', 'b', 'c'].map((userId) => ({ id: `${userId}/1`, userId, text }))
    const dir = await write({ rows, perPart: 2 })
    const { rows: read, pages } = await allPages(dir, { limit: 10, maxBytes: 1_000 })
    expect(pages.filter((count) => count > 0)).toEqual([1, 1, 1])
    expect(read).toEqual(rows)
    const cursor = await findAuthor(dir, { table: 'generations', userId: 'c' })
    expect((await readRows(dir, { cursor: cursor!, limit: 1 })).rows[0]!.row.id).toBe('c/1')
  })

  test('says whether more may come, and which tables there are', async () => {
    const dir = await write({ rows: [] })
    expect(await readRows(dir, { limit: 1 })).toEqual({ rows: [], next: null, complete: state === 'finished' })
    expect(await tablesIn(dir)).toEqual(['generations'])
    await expect(readRows(dir, { limit: 1, table: 'summary/train' })).rejects.toMatchObject({ code: 'usage' })
  })
})

describe.each(['jsonl', 'parquet'] as const)('of a dataset as %s', (format) => {
  // Shards of a megabyte, rows of some 40 KB.
  const long = { prompt: 'A prompt. '.repeat(4_000) }

  test('every table is read in its order, and every author is found in it', { timeout: 60_000 }, async () => {
    const dir = join(base, `dataset-${format}`)
    const dataset = { format, shardBytes: 1_048_576 }
    const records = exampleTargets(160, long).sort((a, b) => compareUsers(a.userId, b.userId))
    const targets = records.map((record, ordinal) => ({ ...record, ordinal }))
    await writeExampleRun(dir, { dataset, records: targets })
    const tables = await tablesIn(dir)
    const expected = new Map<TableName, string[]>()
    for (const table of tables) expected.set(table, (await allPages(dir, { table, limit: 1_000 })).rows.map(idOf))
    await finalizeRun(dir, {})

    expect(expected.get('generation/train')!.length).toBeGreaterThan(30)
    const present = await tablesIn(dir)
    expect(present).toEqual(tables.filter((table) => expected.get(table)!.length > 0))
    for (const table of present) {
      const { rows } = await allPages(dir, { table, limit: 25 })
      const ids = rows.map(idOf)
      expect(ids, table).toEqual(expected.get(table))
      for (const userId of ['u0', 'u1', 'u17', 'u39', 'u9', 'u']) {
        const cursor = await findAuthor(dir, { table, userId })
        const first = rows.find((row) => row.userId === userId)
        if (first === undefined) expect(cursor, `${table} ${userId}`).toBeNull()
        else expect((await readRows(dir, { table, cursor: cursor!, limit: 1 })).rows[0]!.row).toEqual(first)
      }
    }
    const everything = await allPages(dir, { limit: 50 })
    expect(everything.rows.map(idOf)).toEqual(present.flatMap((table) => expected.get(table)!))
    const other = (await readRows(dir, { table: 'summary/train', limit: 1 })).next!
    await expect(readRows(dir, { table: 'generation/train', cursor: other, limit: 1 })).rejects.toMatchObject({
      code: 'usage',
    })
    const beyond = other.replace(/\d+$/, '99999999')
    await expect(readRows(dir, { cursor: beyond, limit: 1 })).rejects.toMatchObject({ code: 'usage' })
  })
})

test('users are compared as the database sorts them that orders the input', async () => {
  const connection = await (await DuckDBInstance.create(':memory:')).connect()
  const ids = [...strangeIds, 'a\u0000', 'a\u0000b', 'abcdefghijklmnop', 'abcdefghijklmnö', 'é', 'e\u0301', '\ue000']
  const values = ids.map((_, index) => `($${index + 1})`).join()
  const reader = await connection.runAndReadAll(`SELECT id FROM (VALUES ${values}) v(id) ORDER BY id`, ids)
  expect([...ids].sort(compareUsers)).toEqual(reader.getRows().map(([id]) => id))
  connection.closeSync()
})

test('a folder without a run is refused', async () => {
  await expect(readRows(join(base, 'nowhere'), { limit: 1 })).rejects.toMatchObject({ code: 'input_missing' })
})

function idOf(row: Record<string, unknown>): string {
  return row.id as string
}
