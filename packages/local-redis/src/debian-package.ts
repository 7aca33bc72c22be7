import { execFile } from 'node:child_process'
import { access, rename, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { findOnPath } from './find-on-path.ts'
import type { Found, Search } from './rung.ts'

const run = promisify(execFile)

/** Debian's server program under its other name: `redis-server` is a symbolic link to this file of the package redis-tools. */
const program = '/usr/bin/redis-check-rdb'

/**
 * Installs `redis-tools`, not `redis-server`: it holds the same program and brings no system service,
 * so that nothing is started on port 6379, now or at the next boot.
 */
export async function installDebianPackage(search: Search): Promise<Found> {
  const apt = await findOnPath('apt-get', search.path)
  if (apt === null) return { reason: 'no apt-get' }
  if (process.getuid?.() !== 0) return { reason: 'apt-get needs root' }
  search.log.info('Installing the Redis program from Debian (package redis-tools, no service)')
  const quiet = ['DEBIAN_FRONTEND=noninteractive', 'NEEDRESTART_MODE=l', apt, '-qq', '-o', 'DPkg::Lock::Timeout=120']
  const install = () => run('/usr/bin/env', [...quiet, 'install', '-y', '--no-install-recommends', 'redis-tools'])
  try {
    // The list of packages may be missing or name versions that are gone.
    await install().catch(async () => {
      await run('/usr/bin/env', [...quiet, 'update'])
      await install()
    })
    await access(program)
  } catch (error) {
    return { reason: `apt-get could not install redis-tools (${firstLine(error)})` }
  }
  const link = join(search.bin, 'redis-server')
  const made = `${link}.${process.pid}`
  await symlink(program, made)
  await rename(made, link)
  return { program: link }
}

function firstLine(error: unknown): string {
  const { stderr, message } = error as { stderr?: string; message: string }
  return (stderr || message).trim().split('\n')[0] ?? ''
}
