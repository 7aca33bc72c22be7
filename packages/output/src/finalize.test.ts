import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { parseConfig } from '@idiolect/contracts/config'
import { afterEach, beforeEach, expect, test } from 'vitest'

import { failureOf, readRows } from './dataset-for-tests.ts'
import type { FailureSelection } from './failed-record.ts'
import { finalizeRun } from './finalize.ts'
import { outputFolder } from './folder.ts'
import { type Manifest, readFolder, refuseOtherIntent, writeManifest } from './manifest.ts'
import { commitPart, listParts, readPart } from './parts.ts'
import { reopenFailed } from './reopen-failed.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'idiolect-output-'))
})
afterEach(async () => {
  await rm(dir, { recursive: true })
})

const manifest = (targets: number): Manifest => ({
  run: 'run-1',
  round: 0,
  config: parseConfig({}),
  limit: null,
  inputs: [{ path: 'documents.jsonl', sha256: 'aa', bytes: 3 }],
  requests: [],
  selectors: {},
  counts: { read: 10, rejected: 1, targets },
  versions: { idiolect: '0.1.0' },
})

const model = { name: 'bundled:all-MiniLM-L6-v2', digest: 'ab' }

const rowsOf = (...rows: object[]) => rows.map((row) => ({ table: 'generations' as const, row }))

async function commitAll(order: number[]): Promise<void> {
  const parts = [
    {
      first: 0,
      count: 2,
      rows: rowsOf({ id: 'r0' }, { id: 'r1', text: 'line\u2028separator\nand tab\t' }),
      failures: [],
    },
    { first: 2, count: 2, rows: rowsOf({ id: 'r3' }), failures: [failureOf(2)] },
    { first: 4, count: 1, rows: rowsOf({ id: 'r4' }), failures: [] },
  ]
  for (const index of order) await commitPart(dir, { ...parts[index]!, models: { embed: [model] } })
}

test('the finished files hold the parts in the order of their ordinals, whatever the order of the commits', async () => {
  await writeManifest(dir, manifest(5))
  await commitAll([2, 0, 1, 0])
  await finalizeRun(dir, { wallMs: 1 })
  const { generations, failures, run, work } = outputFolder(dir)
  const rows = await readRows(generations)
  expect(rows.map(({ id }) => id)).toEqual(['r0', 'r1', 'r3', 'r4'])
  expect(rows[1]!.text).toBe('line\u2028separator\nand tab\t')
  expect(JSON.parse(await readFile(failures, 'utf8'))).toEqual({
    id: 'r2',
    stage: 'generate',
    code: 'model_crashed',
    message: 'gone',
    attempts: 3,
  })
  const finished = JSON.parse(await readFile(run, 'utf8'))
  expect(finished.counts).toEqual({ read: 10, rejected: 1, targets: 5, done: 4, failed: 1 })
  expect(finished.models).toEqual({ embed: [model] })
  expect(finished).not.toHaveProperty('run')
  expect(finished.config).not.toHaveProperty('workers')
  // A record failed: what a retry needs is kept.
  expect((await readdir(work)).sort()).toEqual(['manifest.json', 'parts'])
})

test('a run with a gap is not finished', async () => {
  await writeManifest(dir, manifest(5))
  await commitAll([0, 2])
  await expect(finalizeRun(dir, {})).rejects.toThrow('targets 2 to 3 are missing')
  expect((await readFolder(dir)).state).toBe('unfinished')
})

test('a crash among the finished files is mended by doing them again', async () => {
  await writeManifest(dir, manifest(5))
  await commitAll([0, 1, 2])
  await writeFile(outputFolder(dir).generations, 'half a fi')
  await mkdir(join(outputFolder(dir).work, 'finishing-Ab12cd'))
  await finalizeRun(dir, {})
  expect((await readFile(outputFolder(dir).generations, 'utf8')).split('\n')).toHaveLength(5)
  await finalizeRun(dir, {})
  expect((await readFolder(dir)).state).toBe('finished')
  expect((await readdir(dir)).sort()).toEqual([
    '.idiolect',
    'failures.jsonl',
    'generations.jsonl',
    'run.json',
    'timings.json',
  ])
  expect((await readdir(outputFolder(dir).work)).sort()).toEqual(['manifest.json', 'parts'])
})

test('a run of which every target failed has an empty file of rows', async () => {
  await writeManifest(dir, manifest(1))
  await commitPart(dir, { first: 0, count: 1, rows: [], failures: [failureOf(0)], models: {} })
  await finalizeRun(dir, {})
  expect(await readFile(outputFolder(dir).generations, 'utf8')).toBe('')
})

test('failures do not replace what was done in the meantime', async () => {
  await commitAll([0])
  await commitPart(dir, { first: 0, count: 2, rows: [], failures: [failureOf(0), failureOf(1)], models: {} })
  const [part] = await listParts(dir)
  expect((await readPart(part!.path)).lines.map(({ table }) => table)).toEqual(['generations', 'generations'])
})

test('a part that was being written when its writer was killed does not count', async () => {
  const folder = join(outputFolder(dir).parts, '000000')
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, '.000000000000-2.part.99-abcd'), '{"failed":0')
  expect(await listParts(dir)).toEqual([])
})

test('a folder refuses another configuration and another input, and names what differs', () => {
  const before = manifest(5)
  const other = { ...before, config: parseConfig({ seed: 18, rank: { maxChars: 100 }, workers: { rank: 3 } }) }
  expect(() => refuseOtherIntent(dir, before, other)).toThrow(
    /seed: 17 before, 18 now; rank.maxChars: 2500 before, 100 now\./,
  )
  const changed = { ...before, inputs: [{ path: 'documents.jsonl', sha256: 'bb', bytes: 3 }] }
  expect(() => refuseOtherIntent(dir, before, changed)).toThrow('the content changed')
})

test('more processes, a wider window or a moved input are no difference', () => {
  const before = manifest(5)
  const now = {
    ...before,
    config: parseConfig({ workers: { rank: 3 }, window: { bytes: 2_000_000 } }),
    inputs: [{ path: 'moved.jsonl', sha256: 'aa', bytes: 3 }],
  }
  expect(() => refuseOtherIntent(dir, before, now)).not.toThrow()
})

test('a run without failures leaves nothing of its work behind', async () => {
  await writeManifest(dir, manifest(2))
  await commitPart(dir, { first: 0, count: 2, rows: rowsOf({ id: 'r0' }, { id: 'r1' }), failures: [], models: {} })
  await finalizeRun(dir, {})
  await expect(readdir(outputFolder(dir).work)).rejects.toThrow('ENOENT')
})

const partsLeft = async () => (await listParts(dir)).map(({ first }) => first)

test('what failed can be opened again by its code, and nothing else is', async () => {
  await writeManifest(dir, manifest(5))
  await commitAll([0, 1, 2])
  await finalizeRun(dir, {})
  await expect(reopenFailed(dir, { code: 'other' })).rejects.toThrow('model_crashed 1')
  const { manifest: reopened, failures } = await reopenFailed(dir, { code: 'model_crashed' })
  expect(failures).toBe(1)
  expect(reopened.run).not.toBe(manifest(5).run)
  expect((await readFolder(dir)).state).toBe('unfinished')
  expect(await partsLeft()).toEqual([0, 4])
})

test.each<[string, FailureSelection, number, number[]]>([
  ['the stage', { stage: 'embed' }, 1, [2, 4]],
  ['the message', { message: 'gone' }, 2, [2]],
  ['the code and the stage', { code: 'model_crashed', stage: 'generate' }, 2, [0]],
  ['the ids', { ids: ['r3', 'r5'] }, 2, [0]],
])('failures are selected by %s', async (_, selection, expected, left) => {
  await writeManifest(dir, manifest(6))
  const failures = [
    { ...failureOf(0), stage: 'embed' },
    { ...failureOf(3), message: 'went' },
    { ...failureOf(5), message: 'gone' },
  ]
  for (const failure of failures) {
    const first = failure.ordinal - (failure.ordinal % 2)
    const rows = rowsOf({ id: 'done' })
    await commitPart(dir, { first, count: 2, rows, failures: [failure], models: {} })
  }
  await finalizeRun(dir, {})
  expect((await reopenFailed(dir, selection)).failures).toBe(expected)
  expect(await partsLeft()).toEqual(left)
})

test('an id that has not failed is named, and nothing is opened', async () => {
  await writeManifest(dir, manifest(5))
  await commitAll([0, 1, 2])
  await finalizeRun(dir, {})
  await expect(reopenFailed(dir, { ids: ['r2', 'r4'] })).rejects.toThrow('nothing failed with the id "r4"')
  await expect(reopenFailed(dir, { ids: ['r2'], stage: 'embed' })).rejects.toThrow('the id "r2" and the stage "embed"')
  expect((await readFolder(dir)).state).toBe('finished')
  expect(await partsLeft()).toEqual([0, 2, 4])
})
