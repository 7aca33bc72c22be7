import { randomBytes } from 'node:crypto'

import { type RedisAddress, redisAddress } from '@idiolect/runtime/redis-address'

/** The same Redis under a prefix that no other test has. */
export function prefixed(redisUrl: string): RedisAddress {
  return redisAddress(prefixedUrl(redisUrl))
}

export function prefixedUrl(redisUrl: string): string {
  const url = new URL(redisUrl)
  url.searchParams.set('prefix', `test-${randomBytes(6).toString('hex')}`)
  return url.href
}
