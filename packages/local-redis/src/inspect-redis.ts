import { Redis } from 'ioredis'

import { checkRedis, type Finding, redisAnswers } from './check-redis.ts'

/** Connects to `url`, asks what {@link checkRedis} wants to know and goes away again. A server that does not answer is a finding too. */
export async function inspectRedis(url: string): Promise<Finding[]> {
  const redis = new Redis(url, { lazyConnect: true, retryStrategy: null, connectTimeout: 10_000 })
  redis.on('error', () => undefined)
  try {
    await redis.connect()
    return await checkRedis(redisAnswers(redis))
  } catch (error) {
    const message = `does not answer: ${(error as Error).message}`
    return [{ check: 'Redis', ok: false, message, advice: 'Check REDIS_URL and that the server runs.' }]
  } finally {
    redis.disconnect()
  }
}
