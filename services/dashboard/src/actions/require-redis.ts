import { IdiolectError } from '@idiolect/contracts/errors'
import type { FastifyInstance } from 'fastify'

import type { RunFeed } from '../feed/run-feed.ts'

/** Refuses at once what would wait for a Redis that is away, for as long as that is. */
export function requireRedis(scope: FastifyInstance, feed: RunFeed): void {
  scope.addHook('preHandler', async () => {
    const { answering } = await feed.current()
    if (!answering) throw new IdiolectError('redis_unreachable', 'Redis does not answer the dashboard; try again later')
  })
}
