import { IdiolectError } from '@idiolect/contracts/errors'
import { checkRedis, redisAnswers } from '@idiolect/local-redis/check-redis'

import { connectRedis } from './connect-redis.ts'
import type { RedisAddress } from './redis-address.ts'

export const allowUnsafeVariable = 'IDIOLECT_ALLOW_UNSAFE_REDIS'

export type UnsafeOptions = {
  /** Goes on, with a warning, where work can be lost. */
  allowed: boolean
  warn: (message: string) => void
}

/**
 * Refuses to put work on a Redis that can lose it: one that evicts, has no append-only file, or is too old. What the server does
 * not tell is a warning.
 * @throws IdiolectError `redis_unsafe`, `redis_unreachable`
 */
export async function refuseUnsafeRedis(address: RedisAddress, { allowed, warn }: UnsafeOptions): Promise<void> {
  const redis = await connectRedis(address)
  try {
    // A login may be kept from INFO as well.
    const { info, setting } = redisAnswers(redis)
    const findings = await checkRedis({ info: () => info().catch(() => ''), setting })
    for (const { check, ok, message } of findings) {
      if (ok === 'warning') warn(`${check} ${message}: whether ${address.shown} keeps what it is given cannot be told`)
    }
    const faults = findings.filter(({ ok }) => ok === false)
    if (faults.length === 0) return
    const named = faults.map(({ check, message }) => `${check} is ${message}`).join('; ')
    if (allowed) return warn(`${address.shown} can lose work, and goes on being used as was asked: ${named}`)
    const advice = faults.map((fault) => fault.advice).join(' ')
    throw new IdiolectError(
      'redis_unsafe',
      `Redis at ${address.shown} can lose work: ${named}. ${advice} Or take the risk with --allow-unsafe-redis (${allowUnsafeVariable}=1): then what is lost is missing until the same command is run again.`,
    )
  } finally {
    redis.disconnect()
  }
}

/** Whether an environment takes the risk. */
export function allowsUnsafeRedis(env: NodeJS.ProcessEnv): boolean {
  return env[allowUnsafeVariable] === '1'
}
