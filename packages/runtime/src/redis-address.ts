import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'

import { IdiolectError } from '@idiolect/contracts/errors'
import { readSecret } from '@idiolect/contracts/secret'

/** Where a Redis is and under which prefix the product's keys stand there. */
export type RedisAddress = {
  /** For people, without its password. */
  shown: string
  options: ConnectionOptions
  prefix: string
}

type ConnectionOptions = {
  host?: string
  port?: number
  path?: string
  db?: number
  username?: string
  password?: string
  tls?: { servername?: string; ca?: string }
}

const parameters = ['prefix', 'db', 'ca']

/**
 * REDIS_URL, or what the file of REDIS_URL_FILE holds; undefined where neither is set.
 * @throws IdiolectError `config_invalid`
 */
export function redisUrlOf(env: NodeJS.ProcessEnv): string | undefined {
  return readSecret(env, 'REDIS_URL')
}

/**
 * Reads `redis://[USER][:PASSWORD]@HOST[:PORT][/DB]`, `rediss://` (TLS) or `unix:///path/to/socket`, each with an optional
 * `?prefix=NAME`, `db=NUMBER`, and for TLS `ca=/path/to/authority.pem` in place of the authorities that Node trusts.
 * The prefix stands in braces in every key, so that all keys of one installation share a cluster slot.
 * @throws IdiolectError `config_invalid`, which quotes nothing that could be a part of a password
 */
export function redisAddress(url: string): RedisAddress {
  // A login needs a host behind it, which a socket has not.
  const withHost = url.replace(/^(unix:\/\/[^/]*@)\//, '$1localhost/')
  // The error of `new URL` holds what it was given.
  if (!URL.canParse(withHost) || new URL(withHost).hash !== '') {
    throw invalid('is not a URL; use redis://host:6379, and %XX for special characters in a password')
  }
  const parsed = new URL(withHost)
  if ([...parsed.searchParams.keys()].some((key) => !parameters.includes(key))) {
    throw invalid(`has a parameter that is not one of ${parameters.join(', ')}`)
  }
  const options: ConnectionOptions = { ...login(parsed), ...database(parsed) }
  const address = { shown: withoutPassword(parsed), prefix: `{${parsed.searchParams.get('prefix') ?? 'idiolect'}}` }
  if (parsed.protocol === 'unix:') return { ...address, options: { ...options, path: decoded(parsed.pathname) } }
  if (parsed.protocol !== 'redis:' && parsed.protocol !== 'rediss:') {
    throw invalid('begins with none of redis:, rediss: and unix:')
  }
  if (parsed.protocol === 'rediss:') options.tls = tls(parsed)
  else if (parsed.searchParams.has('ca')) throw invalid('has ca, which is for rediss: alone')
  const host = hostOf(parsed)
  return { ...address, options: { ...options, host, port: Number(parsed.port || 6379) } }
}

function login({ username, password }: URL): ConnectionOptions {
  return {
    ...(username === '' ? {} : { username: decoded(username) }),
    ...(password === '' ? {} : { password: decoded(password) }),
  }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    throw invalid('has a % that does not begin a %XX; the character itself is %25')
  }
}

function database({ searchParams, protocol, pathname }: URL): ConnectionOptions {
  const named = searchParams.get('db') ?? (protocol === 'unix:' ? '' : pathname.slice(1))
  if (named === '') return {}
  // What stands here is the end of a password where that has a slash in it.
  if (!/^\d+$/.test(named)) throw invalid('names a database that is not a number; a slash in a password is %2F')
  return { db: Number(named) }
}

function tls(url: URL): { servername?: string; ca?: string } {
  const host = hostOf(url)
  const path = url.searchParams.get('ca')
  try {
    return {
      ...(isIP(host) === 0 ? { servername: host } : {}),
      ...(path === null ? {} : { ca: readFileSync(path, 'utf8') }),
    }
  } catch (cause) {
    throw invalid(`names ca=${path}, which cannot be read (${(cause as NodeJS.ErrnoException).code})`)
  }
}

function hostOf({ hostname }: URL): string {
  return hostname === '' ? '127.0.0.1' : hostname.replace(/^\[(.*)\]$/, '$1')
}

/** `redis://user:***@host:6379` */
function withoutPassword(url: URL): string {
  const shown = new URL(url)
  if (shown.password !== '') shown.password = '***'
  return shown.href
}

function invalid(problem: string): IdiolectError {
  return new IdiolectError('config_invalid', `REDIS_URL ${problem}`)
}
