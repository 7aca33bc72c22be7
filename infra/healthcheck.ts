import { connectRedis } from '@idiolect/runtime/connect-redis'
import { redisAddress, redisUrlOf } from '@idiolect/runtime/redis-address'

/** The image's health check: exit 0 where the Redis of REDIS_URL or REDIS_URL_FILE answers within 5 s. */
try {
  const redis = await connectRedis(redisAddress(redisUrlOf(process.env) ?? 'redis://127.0.0.1:6379'))
  redis.disconnect()
} catch (error) {
  console.error((error as Error).message)
  process.exitCode = 1
}
