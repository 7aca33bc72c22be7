import { IdiolectError } from '@idiolect/contracts/errors'
import { Redis } from 'ioredis'

import type { RedisAddress } from './redis-address.ts'

/**
 * Connects, or fails within `timeoutMs` with one readable line; afterwards the connection heals by itself.
 * @throws IdiolectError `redis_unreachable`
 */
export async function connectRedis(address: RedisAddress, timeoutMs = 5_000): Promise<Redis> {
  const redis = new Redis({
    ...address.options,
    lazyConnect: true,
    maxRetriesPerRequest: null,
    connectTimeout: timeoutMs,
  })
  let lastError: unknown
  redis.on('error', (error) => {
    lastError = error
  })
  let timer: NodeJS.Timeout | undefined
  const timedOut = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('timed out')), timeoutMs)
  })
  try {
    await Promise.race([redis.connect().then(() => redis.ping()), timedOut])
    return redis
  } catch (error) {
    redis.disconnect()
    // Without the cause: ioredis puts the command into its errors, and with AUTH the password.
    throw new IdiolectError('redis_unreachable', `Redis at ${address.shown} ${refusal(lastError ?? error)}`)
  } finally {
    clearTimeout(timer)
  }
}

function refusal(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  if (/^(NOAUTH|WRONGPASS|NOPERM)/.test(message)) return `refuses (${message}); correct user and password in REDIS_URL`
  if (/CERT|TLS|SSL|SIGNATURE|ISSUER/.test(code ?? '')) {
    return `cannot be trusted (${code}); name its authority with ?ca=/path/to/authority.pem in REDIS_URL`
  }
  return `does not answer (${code ?? message}); start it or correct REDIS_URL`
}
