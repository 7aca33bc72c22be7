import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, expect, inject, test } from 'vitest'

import { prefixedUrl } from './prefixed.ts'
import { type Ended, idiolect } from './processes.ts'
import { importMail } from './texts.ts'

const promptsOnly = [
  '--set',
  'generate.model=none',
  'rank.strategy=RankDocBM25',
  'targets.select=all',
  'batch.records=4',
]

let dir: string
let documents: string
let userId: string
let redisUrl: string

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'idiolect-forgotten-'))
  documents = await importMail(dir, '00[01]*.txt')
  redisUrl = prefixedUrl(inject('redisUrl'))
  const users = (await rowsOf(documents)).map((document) => document.userId as string)
  const count = (user: string) => users.filter((each) => each === user).length
  userId = users.reduce((a, b) => (count(b) > count(a) ? b : a))
})
afterAll(() => rm(dir, { recursive: true, force: true }))

const command = (name: string, ...args: string[]): Promise<Ended> => idiolect([name, ...args], { REDIS_URL: redisUrl })
const run = (out: string, ...args: string[]) => command('run', '-i', documents, '-o', out, ...promptsOnly, ...args)

async function rowsOf(path: string): Promise<Record<string, unknown>[]> {
  const lines = (await readFile(path, 'utf8')).split('\n').filter((line) => line !== '')
  return lines.map((line) => JSON.parse(line))
}

const countsOf = async (out: string) => JSON.parse(await readFile(join(out, 'run.json'), 'utf8')).counts

async function textsOf(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return (await Promise.all(files.map((file) => readFile(file, 'latin1')))).join('\n')
}

test('an author is removed from a finished run, which stays as it is then', { timeout: 120_000 }, async () => {
  const out = join(dir, 'finished')
  expect((await run(out)).code).toBe(0)
  const before = await rowsOf(join(out, 'generations.jsonl'))
  const own = before.filter((row) => row.userId === userId)
  expect(own.length).toBeGreaterThan(1)
  const ended = await command('forget', userId, '--out', out, '--json')
  expect(ended.code, ended.stderr).toBe(0)
  expect(JSON.parse(ended.stdout)).toMatchObject({ found: true, targets: own.length, missing: [] })
  expect(await rowsOf(join(out, 'generations.jsonl'))).toEqual(before.filter((row) => row.userId !== userId))
  const counts = await countsOf(out)
  expect(counts.done + counts.failed + counts.forgotten).toBe(counts.targets)
  expect(await textsOf(out)).not.toContain(userId)

  const again = await command('forget', userId, '--out', out)
  expect(again).toMatchObject({ code: 0, stdout: `Nothing of this author is in ${out}.\n` })
  expect((await run(out)).stdout).toContain('holds this run already')
  expect(await countsOf(out)).toEqual(counts)
})

test('of a run that is under way nothing is removed; once it is cancelled, the author is, for good', {
  timeout: 120_000,
}, async () => {
  const out = join(dir, 'unfinished')
  const enqueued = await command('enqueue', '-i', documents, '-o', out, ...promptsOnly, '--json')
  expect(enqueued.code, enqueued.stderr).toBe(0)
  const { run: id } = JSON.parse(enqueued.stdout)
  const refused = await command('forget', userId, '--out', out)
  expect(refused.code).toBe(2)
  expect(refused.stderr).toBe(
    `idiolect: ${id} is under way in ${out}; let it finish first, or "idiolect cancel ${id}"\n`,
  )

  expect((await command('cancel', id)).code).toBe(0)
  const ended = await command('forget', userId, '--out', out)
  expect(ended.code, ended.stderr).toBe(0)
  expect(ended.stdout).toContain('The input is as it was: take the author out of it as well.')
  expect(existsSync(join(out, '.idiolect/corpus'))).toBe(false)
  const finished = await run(out)
  expect(finished.code, finished.stderr).toBe(0)
  const users = (await rowsOf(join(out, 'generations.jsonl'))).map((row) => row.userId)
  expect(users).not.toContain(userId)
  const counts = await countsOf(out)
  expect(counts.forgotten).toBeGreaterThan(1)
  expect(counts.done + counts.failed + counts.forgotten).toBe(counts.targets)
})

test('a folder without a run is one readable line and exit code 2', async () => {
  const ended = await command('forget', userId, '--out', join(dir, 'nothing'))
  expect(ended).toMatchObject({ code: 2, stderr: `idiolect: ${join(dir, 'nothing')} holds no run\n` })
  expect((await command('forget', userId)).code).toBe(2)
})
