import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

import { readComparedRows } from './compared-row.ts'
import { comparedRow } from './fixtures/compared-rows.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'idiolect-compared-'))
})
afterEach(() => rm(folder, { recursive: true }))

async function read(...lines: string[]): Promise<string[]> {
  await writeFile(join(folder, 'generations.jsonl'), lines.join('\n'))
  const ids: string[] = []
  for await (const { targetId } of readComparedRows(folder)) ids.push(targetId)
  return ids
}

const line = (changes: object) => JSON.stringify({ ...comparedRow('a|b/c', '+SumCtx'), ...changes })

test('the target’s id is the row’s without its method, whatever else stands in it', async () => {
  expect(await read(line({}), '', line({ id: 'RecentDoc|RecentDoc', method: 'RecentDoc' }))).toEqual([
    'a|b/c',
    'RecentDoc',
  ])
})

test.each([
  ['a line that is cut off', line({}).slice(0, 40), ':2: is not JSON'],
  ['a row of no method', line({ method: 'RankDocBySnpt+SumCtxInd' }), ':2: method'],
  ['an id without its method', line({ id: 'a' }), ':2: the id does not end with |+SumCtx'],
])('%s is refused with its place', async (_, bad, message) => {
  await expect(read(line({}), bad)).rejects.toMatchObject({
    code: 'input_unusable',
    message: expect.stringContaining(message),
  })
})

test('a folder without texts is said to have none', async () => {
  await expect(readComparedRows(join(folder, 'none')).next()).rejects.toMatchObject({ code: 'input_missing' })
})
