import { openQueues, type Queues } from '@idiolect/runtime/queues'
import { redisAddress } from '@idiolect/runtime/redis-address'

import { findRedis, type Surroundings } from './surroundings.ts'

/** Opens the queues for the time of `use` and closes what it opened; `forWork` as for `findRedis`. */
export async function withQueues<T>(
  surroundings: Pick<Surroundings, 'env'>,
  use: (queues: Queues) => Promise<T>,
  { forWork = false }: { forWork?: boolean } = {},
): Promise<T> {
  const redis = await findRedis(surroundings, { forWork })
  try {
    const queues = await openQueues(redisAddress(redis.url))
    try {
      return await use(queues)
    } finally {
      await queues.close()
    }
  } finally {
    await redis.close()
  }
}
