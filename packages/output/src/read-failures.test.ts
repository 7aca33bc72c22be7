import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { parseConfig } from '@idiolect/contracts/config'
import type { Failure } from '@idiolect/contracts/records'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { finalizeRun } from './finalize.ts'
import { outputFolder } from './folder.ts'
import { userDigest } from './forgotten.ts'
import { writeManifest } from './manifest.ts'
import { commitPart } from './parts.ts'
import { groupFailures, readFailures } from './read-failures.ts'

let base: string
let made = 0
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'idiolect-failures-'))
})
afterAll(() => rm(base, { recursive: true }))

type Cause = Pick<Failure, 'stage' | 'code' | 'message'> | null

const causes: Cause[] = [
  { stage: 'embed', code: 'model_crashed', message: 'gone' },
  { stage: 'generate', code: 'model_crashed', message: 'gone' },
  { stage: 'generate', code: 'endpoint_rejected', message: '<script>"no"\n' },
  null,
]

const perPart = 4

async function commit(dir: string, part: Cause[], first: number): Promise<void> {
  const ordinals = part.map((cause, index) => ({ cause, ordinal: first + index, id: `u${first + index}/d` }))
  await commitPart(dir, {
    first,
    count: part.length,
    rows: ordinals
      .filter(({ cause }) => cause === null)
      .map(({ id }) => ({ table: 'generations', row: { id, userId: id.slice(0, -2) } })),
    failures: ordinals.flatMap(({ cause, ...target }) =>
      cause === null ? [] : [{ ...cause, ...target, attempts: 3 }],
    ),
    models: {},
  })
}

async function writeRun(targets: Cause[]): Promise<string> {
  const dir = join(base, `run-${made++}`)
  const about = { limit: null, inputs: [], requests: [], selectors: {}, versions: {} }
  const counts = { targets: targets.length }
  await writeManifest(dir, { run: 'run-1', round: 0, config: parseConfig({}), counts, ...about })
  for (let first = 0; first < targets.length; first += perPart) {
    await commit(dir, targets.slice(first, first + perPart), first)
  }
  return dir
}

describe.each(['finished', 'under way'] as const)('of a run that is %s', (state) => {
  const write = async (targets: Cause[]) => {
    const dir = await writeRun(targets)
    if (state === 'finished') await finalizeRun(dir, {})
    return dir
  }

  test('pages give every failure of the group that is asked for once and in order', { timeout: 30_000 }, async () => {
    const targets = fc.array(fc.constantFrom(...causes), { maxLength: 30 })
    const selections = fc.constantFrom({}, { code: 'model_crashed' }, { stage: 'generate' }, causes[2]!)
    await fc.assert(
      fc.asyncProperty(targets, selections, fc.integer({ min: 1, max: 9 }), async (all, selection, limit) => {
        const dir = await write(all)
        const wanted = all.flatMap((cause, index) => {
          const isWanted = Object.entries(selection).every(([key, value]) => cause?.[key as 'code'] === value)
          return cause !== null && isWanted ? [{ id: `u${index}/d`, ...cause, attempts: 3 }] : []
        })
        const found = []
        let cursor: string | null = null
        do {
          const page = await readFailures(dir, { ...selection, limit, ...(cursor === null ? {} : { cursor }) })
          expect(page.failures.length).toBeLessThanOrEqual(limit)
          found.push(...page.failures)
          cursor = page.next
        } while (cursor !== null)
        expect(found).toEqual(wanted)
        await rm(dir, { recursive: true })
      }),
      { numRuns: 40 },
    )
  })

  test('groups are the failures of one stage, code and message, the largest first', async () => {
    const dir = await write([0, 1, 2, 1, 1, 2, 1, 1, 3, 1].map((cause) => causes[cause]!))
    const expected = {
      groups: [
        { ...causes[1], count: 6, examples: ['u1/d', 'u3/d', 'u4/d', 'u6/d', 'u7/d'] },
        { ...causes[2], count: 2, examples: ['u2/d', 'u5/d'] },
        { ...causes[0], count: 1, examples: ['u0/d'] },
      ],
      others: 0,
      total: 9,
    }
    expect(await groupFailures(dir)).toEqual(expected)
    expect(await groupFailures(dir)).toEqual(expected)
  })

  test('beyond a thousand groups failures are counted together', async () => {
    const targets = Array.from({ length: 1_003 }, (_, index) => ({
      stage: 'rank',
      code: 'internal',
      message: `${index}`,
    }))
    const { groups, others, total } = await groupFailures(await write([...targets, targets[2]!]))
    expect([groups.length, others, total]).toEqual([1_000, 3, 1_004])
    expect(groups[0]).toMatchObject({ message: '2', count: 2 })
  })

  test('a cursor of anything else is refused', async () => {
    const dir = await write(Array.from({ length: 9 }, () => causes[0]!))
    for (const cursor of ['', 'run.json@0', '../x@0', 'parts/x@0', 'failures.jsonl@3', 'generations.jsonl@0', '5']) {
      await expect(readFailures(dir, { cursor, limit: 1 }), cursor).rejects.toMatchObject({ code: 'usage' })
    }
  })
})

test('of a run under way what comes, heals or is forgotten shows at the next look', async () => {
  const dir = await writeRun([causes[0]!, null, null, null])
  expect((await groupFailures(dir)).total).toBe(1)
  await commit(dir, [causes[1]!, causes[1]!], 4)
  expect((await groupFailures(dir)).total).toBe(3)
  await commit(dir, [null, null, null, null], 0)
  expect((await groupFailures(dir)).groups).toMatchObject([{ stage: 'generate', count: 2 }])
  const record = { userDigest: userDigest('u4'), at: '', targets: 1, files: {}, bytes: 0, removed: [] }
  await appendFile(outputFolder(dir).forgotten, `${JSON.stringify(record)}\n`)
  expect(await groupFailures(dir)).toMatchObject({ total: 1, groups: [{ examples: ['u5/d'] }] })
  expect((await readFailures(dir, { limit: 9 })).failures.map(({ id }) => id)).toEqual(['u5/d'])
})

test('of a finished run failures that were removed from the file are counted no more', async () => {
  const dir = await writeRun([causes[0]!, causes[1]!])
  await finalizeRun(dir, {})
  expect((await groupFailures(dir)).total).toBe(2)
  await writeFile(outputFolder(dir).failures, '')
  expect(await groupFailures(dir)).toEqual({ groups: [], others: 0, total: 0 })
})
