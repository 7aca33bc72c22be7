import { parseInfo, serverName } from './server-info.ts'
import { isAtLeast, leastVersion } from './version.ts'

/** What was looked at, whether it is as it must be, and what to do if not. */
export interface Finding {
  check: string
  /** `warning`: work can go on, at a risk that the message names. */
  ok: boolean | 'warning'
  message: string
  advice?: string
}

export interface RedisAnswers {
  /** The answer to INFO. */
  info(): Promise<string>
  /** The value of one setting; null where the server does not tell. May throw: managed servers often refuse CONFIG. */
  setting(name: string): Promise<string | null>
}

/**
 * Whether a Redis can carry the queues without losing work: version, append-only file, eviction policy (ENGINE 4: with snapshots
 * alone 2,900 of 6,000 acknowledged jobs were lost in five kills). Settings that the server keeps to itself are warnings.
 */
export async function checkRedis(redis: RedisAnswers): Promise<Finding[]> {
  const info = await redis.info()
  const fields = parseInfo(info)
  const told = async (name: string) => (await redis.setting(name).catch(() => null)) ?? null
  const aof = fields.get('aof_enabled')
  const appendOnly = (await told('appendonly')) ?? (aof === undefined ? null : aof === '1' ? 'yes' : 'no')
  const policy = (await told('maxmemory-policy')) ?? fields.get('maxmemory_policy') ?? null
  return [checkVersion(info), checkAppendOnly(appendOnly), checkEviction(policy)]
}

/** An answerer for {@link checkRedis} over any client that can call commands, such as ioredis. */
export function redisAnswers(client: { call(command: string, ...args: string[]): Promise<unknown> }): RedisAnswers {
  return {
    info: async () => String(await client.call('INFO')),
    setting: async (name) => {
      const answer = await client.call('CONFIG', 'GET', name)
      // RESP2 answers with a list of names and values, RESP3 with a map.
      const value = Array.isArray(answer) ? answer[1] : (answer as Record<string, unknown> | null)?.[name]
      return typeof value === 'string' ? value : null
    },
  }
}

function checkVersion(info: string): Finding {
  const check = 'Redis version'
  // Valkey and other kin say here which Redis they are compatible with.
  const version = parseInfo(info).get('redis_version')
  if (version === undefined) {
    return { check, ok: 'warning', message: 'could not be read', advice: `It has to be ${leastVersion} or later.` }
  }
  if (isAtLeast(version, leastVersion)) return { check, ok: true, message: serverName(info) }
  return {
    check,
    ok: false,
    message: `${serverName(info)} is older than ${leastVersion}`,
    advice: `Upgrade it, or set REDIS_URL to a Redis ${leastVersion} or later.`,
  }
}

function checkAppendOnly(value: string | null): Finding {
  const check = 'Redis appendonly'
  const advice =
    'Set `appendonly yes` and `appendfsync everysec` in redis.conf, or switch persistence (AOF) on at your provider.'
  if (value === null) return { check, ok: 'warning', message: 'could not be read', advice }
  if (value === 'yes') return { check, ok: true, message: 'yes' }
  return { check, ok: false, message: `${value}: a restart of Redis would lose queued work`, advice }
}

function checkEviction(value: string | null): Finding {
  const check = 'Redis maxmemory-policy'
  const advice = 'Set `maxmemory-policy noeviction` in redis.conf or at your provider.'
  if (value === null) return { check, ok: 'warning', message: 'could not be read', advice }
  if (value === 'noeviction') return { check, ok: true, message: 'noeviction' }
  return { check, ok: false, message: `${value}: a full Redis would throw queued work away`, advice }
}
