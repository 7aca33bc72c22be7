import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { access, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'

import { DuckDBInstance } from '@duckdb/node-api'
import { parseConfig } from '@idiolect/contracts/config'
import type { GeneratedTarget } from '@idiolect/contracts/records'
import { splitOf } from '@idiolect/contracts/split'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { digestsOf, exampleTargets, failureOf, readRows, writeExampleRun } from './dataset-for-tests.ts'
import { finalizeRun } from './finalize.ts'
import { outputFolder } from './folder.ts'
import { forgetUser } from './forget-user.ts'
import { type FinishedRun, readFolder, writeManifest } from './manifest.ts'
import { commitPart } from './parts.ts'
import { reopenFailed } from './reopen-failed.ts'
import { rowsOfTarget } from './rows-of-target.ts'
import { listSetFiles } from './set-files.ts'

let base: string
let dir: string
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'idiolect-forget-'))
  dir = join(base, 'out')
  await mkdir(dir)
})
afterEach(() => rm(base, { recursive: true, force: true }))

const userId = 'Ada "the first"/Lovelace'
const digest = createHash('sha256').update(userId).digest('hex')

/** Targets 8 to 11 are the user's; of the others some are paired with the user. */
function targets(count: number, fields: Partial<GeneratedTarget> = {}): GeneratedTarget[] {
  return exampleTargets(count, fields).map((record) => {
    const { ordinal, distinction } = record
    if (ordinal >= 8 && ordinal < 12) {
      return { ...record, userId, id: `${userId}/d${ordinal}`, summary: 'A summary of Ada.', reference: 'Xylographer!' }
    }
    return ordinal % 16 === 1 ? { ...record, distinction: { ...distinction!, userId } } : record
  })
}

const readRun = async (folder = dir): Promise<FinishedRun> =>
  JSON.parse(await readFile(outputFolder(folder).run, 'utf8'))

/** By file, in order. */
async function rowsOf(folder: string): Promise<Record<string, Record<string, unknown>[]>> {
  const paths = [...(await listSetFiles(folder)).sort(), 'failures.jsonl']
  const connection = await (await DuckDBInstance.create(':memory:')).connect()
  const read = async (path: string) =>
    path.endsWith('.parquet')
      ? (await connection.runAndReadAll(`FROM '${join(folder, path)}'`)).getRowObjectsJson()
      : readRows(join(folder, path)).catch(() => [])
  const entries: [string, Record<string, unknown>[]][] = []
  for (const path of paths) entries.push([path, (await read(path)) as Record<string, unknown>[]])
  connection.closeSync()
  return Object.fromEntries(entries)
}

async function textsOf(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return (await Promise.all(files.map((file) => readFile(file, 'latin1')))).join('\n')
}

async function checkSums(folder: string): Promise<string[]> {
  const lines = (await readFile(outputFolder(folder).checksums, 'utf8')).trimEnd().split('\n')
  return Promise.all(
    lines.map(async (line) => {
      const [sha256, path] = line.split('  ') as [string, string]
      const content = await readFile(join(folder, path))
      expect(createHash('sha256').update(content).digest('hex'), path).toBe(sha256)
      return path
    }),
  )
}

const withoutRecord = async (folder: string) => {
  const { 'forgotten.jsonl': _record, ...digests } = await digestsOf(folder)
  return digests
}

const isOfUser = (row: Record<string, unknown>) =>
  row.userId === userId || row.otherUserId === userId || String(row.id).startsWith(`${userId}/`)

describe.each([
  ['JSON Lines', { format: 'jsonl' }],
  ['Parquet', { format: 'parquet' }],
  ['JSON Lines in shards', { format: 'jsonl', shardBytes: 1_048_576 }],
])('of a dataset as %s', (_name, dataset) => {
  const long = 'shardBytes' in dataset ? { prompt: 'p'.repeat(30_000) } : {}
  const failed = [5, 9, 100]

  test('the rows of an author go and no others, nor their order', async () => {
    await writeExampleRun(dir, { dataset, records: targets(160, long), failed: [5, 100] })
    await finalizeRun(dir, {})
    const before = await rowsOf(dir)
    expect(Object.values(before).flat().filter(isOfUser).length).toBeGreaterThan(10)
    await forgetUser({ dir, userId })
    const after = await rowsOf(dir)
    const kept = Object.entries(before).map(([path, rows]) => [path, rows.filter((row) => !isOfUser(row))])
    expect(after).toEqual(
      Object.fromEntries(kept.filter(([path, rows]) => rows!.length > 0 || path === 'failures.jsonl')),
    )
    expect(await textsOf(dir)).not.toContain('Lovelace')
  })

  test('what is said about the rows stays true', async () => {
    const config = await writeExampleRun(dir, { dataset, records: targets(160, long), failed })
    // The example names failures by their place.
    await finalizeRun(dir, {})
    const before = await readRun()
    const record = await forgetUser({ dir, userId })
    const { counts, rows, withoutLabel, otherHalf, ...run } = await readRun()
    const { counts: countsBefore, rows: rowsBefore, withoutLabel: _, otherHalf: __, ...runBefore } = before
    expect(run).toEqual(runBefore)
    expect(counts).toEqual({ ...countsBefore, done: countsBefore.done! - 3, forgotten: 3 })
    expect(counts.done! + counts.failed! + counts.forgotten!).toBe(counts.targets)
    const split = splitOf(userId, config)
    expect(rowsBefore![`generation/${split}`]! - rows![`generation/${split}`]!).toBe(3)
    for (const [table, missing] of Object.entries(withoutLabel!)) {
      const all = rows![table]! + missing + (otherHalf![table] ?? 0)
      expect(all, table).toBe(rows![`generation/${table.split('/')[1]}`])
    }
    expect(record).toMatchObject({ userDigest: digest, targets: 3 })
    expect(record!.bytes).toBeGreaterThan(1000)
    expect(await checkSums(dir)).toEqual(expect.arrayContaining(['run.json', 'failures.jsonl', 'rejects.jsonl']))
    const card = await readFile(outputFolder(dir).card, 'utf8')
    expect(card).toMatch(/\| forgotten \| 3 \|/)
  })

  test('a crash among the files is mended by a repetition, and leaves a record', async () => {
    await writeExampleRun(dir, { dataset, records: targets(160, long) })
    await finalizeRun(dir, {})
    const untouched = join(base, 'untouched')
    await writeExampleRun(untouched, { dataset, records: targets(160, long) })
    await finalizeRun(untouched, {})
    await forgetUser({ dir: untouched, userId })

    const script = `
      import { watch } from 'node:fs'
      import { forgetUser } from ${JSON.stringify(new URL('forget-user.ts', import.meta.url).href)}
      watch(${JSON.stringify(join(dir, 'generation'))}, (_event, name) => {
        if (!name.startsWith('.')) process.kill(process.pid, 'SIGKILL')
      })
      await forgetUser({ dir: ${JSON.stringify(dir)}, userId: ${JSON.stringify(userId)} })`
    const args = ['--import', 'tsx', '--input-type=module', '--eval', script]
    const child = spawn(process.execPath, args, { stdio: 'inherit' })
    expect(await once(child, 'exit')).toEqual([null, 'SIGKILL'])
    expect(await readFile(outputFolder(dir).forgotten, 'utf8')).toContain(digest)
    expect(await withoutRecord(dir)).not.toEqual(await withoutRecord(untouched))

    await forgetUser({ dir, userId })
    expect(await withoutRecord(dir)).toEqual(await withoutRecord(untouched))
  })
})

test('the record says how many rows went where, and names nobody', async () => {
  await writeExampleRun(dir, { records: targets(160) })
  await finalizeRun(dir, {})
  for (const name of ['audit.json', 'metrics.json', 'report.html']) await writeFile(join(dir, name), userId)
  const record = await forgetUser({ dir, userId, now: new Date('2026-01-02T03:04:05Z') })
  const line = await readFile(outputFolder(dir).forgotten, 'utf8')
  expect(JSON.parse(line)).toEqual(record)
  expect(record).toMatchObject({
    userDigest: digest,
    at: '2026-01-02T03:04:05.000Z',
    targets: 4,
    files: { 'author-distinction/train.jsonl': expect.any(Number) },
    removed: ['report.html', 'metrics.json', 'audit.json'],
  })
  expect(await textsOf(dir)).not.toContain('Lovelace')
})

test('a word that only the author is seen to have written leaves the statistics', async () => {
  const counted = '5\nearlier\t40\ntext\t9\nxylographer\t4\nother\t2'
  const config = await writeExampleRun(dir, { records: targets(160) })
  expect(splitOf(userId, config)).toBe('train')
  await writeFile(outputFolder(dir).frequencies, gzipSync(counted))
  await finalizeRun(dir, {})
  await forgetUser({ dir, userId })
  const left = gunzipSync(await readFile(outputFolder(dir).frequencies)).toString()
  // Four targets and two earlier documents, of which the texts are entries.
  expect(left).toBe('0\nearlier\t39\ntext\t8\nother\t2')
  await checkSums(dir)
})

test('an author who is not in a finished folder changes nothing', async () => {
  await writeExampleRun(dir, { records: targets(60) })
  await finalizeRun(dir, {})
  await writeFile(join(dir, 'metrics.json'), '{}')
  const before = await digestsOf(dir)
  expect(await forgetUser({ dir, userId: 'nobody' })).toBeNull()
  expect(await digestsOf(dir)).toEqual(before)
  await forgetUser({ dir, userId })
  const after = await digestsOf(dir)
  expect(await forgetUser({ dir, userId })).toBeNull()
  expect(await digestsOf(dir)).toEqual(after)
})

test('a second author is forgotten beside the first', async () => {
  await writeExampleRun(dir, { records: targets(60) })
  await finalizeRun(dir, {})
  await forgetUser({ dir, userId })
  await forgetUser({ dir, userId: 'u0' })
  const { counts } = await readRun()
  expect(counts).toMatchObject({ targets: 60, done: 52, forgotten: 8 })
  // Whose pairs were all with u0.
  await expect(access(join(dir, 'author-distinction'))).rejects.toThrow('ENOENT')
  expect(
    (await readFile(outputFolder(dir).card, 'utf8')).match(/config_name: author-distinction\n {4}data_files/),
  ).toBeNull()
})

test('a folder without a run is refused', async () => {
  await expect(forgetUser({ dir, userId })).rejects.toMatchObject({ code: 'usage' })
})

describe('of an unfinished folder', () => {
  test('the parts lose the author, the copy of the input goes, and the run can be finished', async () => {
    await writeExampleRun(dir, { records: targets(60) })
    const finishedFirst = join(base, 'finished-first')
    await writeExampleRun(finishedFirst, { records: targets(60) })
    await finalizeRun(finishedFirst, {})
    await forgetUser({ dir: finishedFirst, userId })

    await mkdir(outputFolder(dir).corpus)
    await writeFile(join(outputFolder(dir).corpus, 'bodies'), userId)
    const record = await forgetUser({ dir, userId })
    expect(record).toMatchObject({ targets: 0, files: { '.idiolect/parts': expect.any(Number) } })
    expect(await textsOf(dir)).not.toContain('Lovelace')
    await finalizeRun(dir, {})
    const rows = await rowsOf(dir)
    expect(rows).toEqual(await rowsOf(finishedFirst))
    expect(await readRun()).toEqual(await readRun(finishedFirst))
  })

  test('an author who comes back with a resumed run is left out when it is finished', async () => {
    const config = await writeExampleRun(dir, { records: targets(60) })
    await forgetUser({ dir, userId })
    const batch = targets(60).slice(8, 16)
    const rows = batch.flatMap((record) => rowsOfTarget(record, config))
    await commitPart(dir, { first: 8, count: 8, rows, failures: [], models: {} })
    await finalizeRun(dir, {})
    expect(await textsOf(dir)).not.toContain('Lovelace')
    expect((await readRun()).counts).toMatchObject({ targets: 60, done: 56, failed: 0, forgotten: 4 })
  })

  test('an author of whom nothing is there yet is written down all the same', async () => {
    await writeExampleRun(dir, { records: targets(60).slice(0, 8) })
    expect(await forgetUser({ dir, userId: 'late' })).toMatchObject({ targets: 0, files: {} })
    expect(await readFile(outputFolder(dir).forgotten, 'utf8')).toContain('userDigest')
  })
})

describe('of the generate task', () => {
  const config = parseConfig({})

  async function writeGenerations(): Promise<void> {
    await writeManifest(dir, {
      run: 'run-1',
      round: 0,
      config,
      limit: null,
      inputs: [],
      requests: [],
      selectors: {},
      counts: { read: 99, targets: 20 },
      versions: {},
    })
    const records = targets(20)
    const failedIds = new Map([
      [9, `${userId}/d9`],
      [13, 'request-of-ada'],
      [14, 'request-of-another'],
    ])
    const rows = records
      .filter(({ ordinal }) => !failedIds.has(ordinal))
      .flatMap((record) => rowsOfTarget(record, config))
    const failures = [...failedIds].map(([ordinal, id]) => ({ ...failureOf(ordinal), id }))
    await commitPart(dir, { first: 0, count: 20, rows, failures, models: {} })
    await finalizeRun(dir, {})
  }

  test('rows and failures go, by the request as well, and the parts that a retry would use', async () => {
    await writeGenerations()
    expect(await textsOf(outputFolder(dir).parts)).toContain('Lovelace')
    const record = await forgetUser({ dir, userId, requestIds: new Set(['request-of-ada']) })
    expect(record).toMatchObject({
      targets: 5,
      files: { 'generations.jsonl': 3, 'failures.jsonl': 2, '.idiolect/parts': 5 },
    })
    expect((await readRun()).counts).toEqual({ read: 99, targets: 20, done: 14, failed: 1, forgotten: 5 })
    expect(await readRows(outputFolder(dir).failures)).toMatchObject([{ id: 'request-of-another' }])
    expect(await textsOf(dir)).not.toMatch(/Lovelace|of-ada/)
    expect((await readFolder(dir)).state).toBe('finished')
  })

  test('a retry of what failed does not bring the author back', async () => {
    await writeGenerations()
    await forgetUser({ dir, userId })
    const { failures } = await reopenFailed(dir, {})
    expect(failures).toBe(2)
    const rows = targets(20).flatMap((record) => rowsOfTarget(record, config))
    await commitPart(dir, { first: 0, count: 20, rows, failures: [], models: {} })
    await finalizeRun(dir, {})
    expect((await readRun()).counts).toEqual({ read: 99, targets: 20, done: 16, failed: 0, forgotten: 4 })
    expect(await textsOf(dir)).not.toContain('Lovelace')
  })

  test('an author who wrote everything leaves an empty file', async () => {
    await writeGenerations()
    for (const user of [userId, 'u0', 'u1', 'u3', 'u4']) await forgetUser({ dir, userId: user })
    expect(await readFile(outputFolder(dir).generations, 'utf8')).toBe('')
    expect((await readRun()).counts).toMatchObject({ done: 0, failed: 2, forgotten: 18 })
  })
})
