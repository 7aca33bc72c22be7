import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { openLocalRedis } from '@idiolect/local-redis/local-redis'
import { openQueues } from '@idiolect/runtime/queues'
import { redisAddress } from '@idiolect/runtime/redis-address'
import { Redis } from 'ioredis'

/** A Redis of the benchmark's own as the product starts it, in a new folder, with queues and a plain connection. */
export async function openBenchRedis() {
  const home = await mkdtemp(join(tmpdir(), 'idiolect-bench-'))
  const path = process.env.PATH === undefined ? {} : { path: process.env.PATH }
  const server = await openLocalRedis({ home, log: console, ...path })
  const address = redisAddress(server.url)
  return { home, server, queues: await openQueues(address), redis: new Redis(address.options) }
}
