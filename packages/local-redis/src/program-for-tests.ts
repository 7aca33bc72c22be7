import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'

import type { Log } from './log.ts'
import { findServerProgram } from './server-program.ts'

export const silent: Log = { info: () => undefined, warn: () => undefined }

/** A server program for tests, kept between runs, since a bare machine has to fetch one. */
export async function programForTests(): Promise<string> {
  const bin = join(tmpdir(), `idiolect-test-redis-${process.getuid?.()}`)
  await mkdir(bin, { recursive: true, mode: 0o700 })
  return findServerProgram({ bin, path: process.env.PATH ?? '', log: silent })
}

/** A fresh home that knows `program` as one that was fetched before. */
export async function homeForTests(program: string): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'idiolect-home-'))
  await mkdir(join(home, 'redis', 'bin'), { recursive: true })
  await symlink(program, join(home, 'redis', 'bin', basename(program).replace(/^.*(redis|valkey).*$/, '$1-server')))
  return home
}

export function removeHome(home: string): Promise<void> {
  return rm(home, { recursive: true, force: true })
}
