import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { openLocalRedis } from '@idiolect/local-redis/local-redis'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** One real Redis for all tests; each test takes a prefix of its own. */
    redisUrl: string
  }
}

/** That of REDIS_URL, or one that is found or started as the product does it for its users. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  if (process.env.REDIS_URL !== undefined) {
    project.provide('redisUrl', process.env.REDIS_URL)
    return async () => undefined
  }
  const home = await mkdtemp(join(tmpdir(), 'idiolect-tests-'))
  const log = { info: () => undefined, warn: (message: string) => console.warn(message) }
  const redis = await openLocalRedis({
    home,
    log,
    ...(process.env.PATH === undefined ? {} : { path: process.env.PATH }),
  })
  project.provide('redisUrl', redis.url)
  return async () => {
    await redis.close()
    await rm(home, { recursive: true, force: true })
  }
}
