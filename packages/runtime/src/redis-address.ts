import { IdiolectError } from '@idiolect/contracts/errors'
import { Redis } from 'ioredis'

/** Where a Redis is and under which prefix the product's keys stand there. */
export type RedisAddress = { url: string; options: ConnectionOptions; prefix: string }

type ConnectionOptions = {
  host?: string
  port?: number
  path?: string
  db?: number
  username?: string
  password?: string
  tls?: { servername: string }
}

/**
 * Reads `redis://`, `rediss://` (TLS) or `unix:///path/to/socket`, each with an optional `?prefix=NAME`.
 * The prefix stands in braces in every key, so that all keys of one installation share a cluster slot.
 * @throws IdiolectError `config_invalid`
 */
export function redisAddress(url: string): RedisAddress {
  let parsed: URL
  try {
    parsed = new URL(url)
  } catch (cause) {
    throw new IdiolectError('config_invalid', 'REDIS_URL is not a URL; use redis://host:6379', { cause })
  }
  const prefix = `{${parsed.searchParams.get('prefix') ?? 'idiolect'}}`
  const database = parsed.searchParams.get('db') ?? (parsed.protocol === 'unix:' ? '' : parsed.pathname.slice(1))
  const options: ConnectionOptions = {}
  if (parsed.username !== '') options.username = decodeURIComponent(parsed.username)
  if (parsed.password !== '') options.password = decodeURIComponent(parsed.password)
  if (database !== '') {
    const db = Number(database)
    if (!Number.isInteger(db) || db < 0)
      throw new IdiolectError('config_invalid', `REDIS_URL: database ${database} is not a number`)
    options.db = db
  }
  switch (parsed.protocol) {
    case 'unix:':
      return { url, prefix, options: { ...options, path: decodeURIComponent(parsed.pathname) } }
    case 'rediss:':
      options.tls = { servername: parsed.hostname }
      break
    case 'redis:':
      break
    default:
      throw new IdiolectError(
        'config_invalid',
        `REDIS_URL begins with ${parsed.protocol}; use redis:, rediss: or unix:`,
      )
  }
  const host = parsed.hostname.replace(/^\[(.*)\]$/, '$1')
  return {
    url,
    prefix,
    options: { ...options, host: host === '' ? '127.0.0.1' : host, port: Number(parsed.port || 6379) },
  }
}

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
    const reason = (lastError ?? error) as NodeJS.ErrnoException
    throw new IdiolectError(
      'redis_unreachable',
      `Redis at ${withoutSecrets(address.url)} does not answer (${reason.code ?? reason.message}); start it or correct REDIS_URL`,
      { cause: error },
    )
  } finally {
    clearTimeout(timer)
  }
}

function withoutSecrets(url: string): string {
  const parsed = new URL(url)
  parsed.username = ''
  parsed.password = ''
  return parsed.href
}
