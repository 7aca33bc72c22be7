import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { parseConfig } from '@idiolect/contracts/config'
import fc from 'fast-check'
import { expect, test } from 'vitest'

import { finalizeRun } from './finalize.ts'
import { followRows } from './follow-rows.ts'
import { writeManifest } from './manifest.ts'
import { commitPart } from './parts.ts'

const partRecords = 2

/** A run of so many parts; in each the second record fails where `failed` says so. */
async function withRunOf(parts: number, use: (dir: string) => Promise<void>): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'idiolect-follow-'))
  const config = parseConfig({})
  const about = { limit: null, inputs: [], requests: [], selectors: {}, versions: {} }
  await writeManifest(dir, { run: 'run', round: 0, config, counts: { targets: parts * partRecords }, ...about })
  await use(dir).finally(() => rm(dir, { recursive: true, force: true }))
}

function commit(dir: string, part: number, failed: boolean): Promise<void> {
  const first = part * partRecords
  const row = (ordinal: number) => ({
    table: 'generations' as const,
    row: { id: `${ordinal}`, userId: `user ${String(part).padStart(3, '0')}`, text: 'ä'.repeat(ordinal % 5) },
  })
  const failure = { ordinal: first + 1, id: 'f', stage: 'rank', code: 'internal', message: 'm', attempts: 1 }
  return commitPart(dir, {
    first,
    count: partRecords,
    rows: failed ? [row(first)] : [row(first), row(first + 1)],
    failures: failed ? [failure] : [],
    models: {},
  })
}

test('every row comes once and in order, whatever the order of the commits, and wherever the run finishes meanwhile', async () => {
  const order = fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: 6 })
  await fc.assert(
    fc.asyncProperty(
      order,
      fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }),
      fc.integer({ min: 1, max: 5 }),
      (parts, failed, limit) =>
        withRunOf(parts.length, async (dir) => {
          const seen: unknown[] = []
          let cursor: string | null | undefined
          const read = async () => {
            const page = await followRows(dir, { limit, ...(typeof cursor === 'string' ? { cursor } : {}) })
            seen.push(...page.rows.map(({ row }) => row))
            cursor = page.next
            return page
          }
          for (const part of parts) {
            await commit(dir, part, failed[part]!)
            expect((await read()).complete).toBe(false)
          }
          await finalizeRun(dir, {})
          while (cursor !== null) expect((await read()).complete).toBe(true)
          const lines = (await readFile(join(dir, 'generations.jsonl'), 'utf8'))
            .split('\n')
            .filter((line) => line !== '')
          expect(seen).toEqual(lines.map((line) => JSON.parse(line)))
        }),
    ),
    { numRuns: 20 },
  )
})

test('what is committed behind a gap is held back', async () => {
  await withRunOf(3, async (dir) => {
    await commit(dir, 0, false)
    await commit(dir, 2, false)
    const first = await followRows(dir, { limit: 100 })
    expect(first.rows.map(({ row }) => row.id)).toEqual(['0', '1'])
    expect(await followRows(dir, { limit: 100, cursor: first.next! })).toEqual({ ...first, rows: [] })
    await commit(dir, 1, false)
    const second = await followRows(dir, { limit: 100, cursor: first.next! })
    expect(second.rows.map(({ row }) => row.id)).toEqual(['2', '3', '4', '5'])
  })
})

test('a cursor that somebody has made up is refused', async () => {
  await withRunOf(1, async (dir) => {
    await commit(dir, 0, false)
    const follow = (cursor: string) => followRows(dir, { limit: 1, cursor })
    await expect(follow('../../etc/passwd@0')).rejects.toMatchObject({ code: 'usage' })
    await finalizeRun(dir, {})
    for (const cursor of ['target-1@3', 'target-9@999999', '../../etc/passwd@0', 'generations.jsonl@1', '']) {
      await expect(follow(cursor), cursor).rejects.toMatchObject({ code: 'usage' })
    }
  })
})
