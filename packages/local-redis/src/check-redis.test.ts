import { expect, test } from 'vitest'

import { checkRedis, type Finding, type RedisAnswers, redisAnswers } from './check-redis.ts'

const goodInfo = 'redis_version:7.0.15\r\naof_enabled:1\r\nmaxmemory_policy:noeviction\r\n'
const noSettings: RedisAnswers['setting'] = async () => {
  throw new Error('ERR unknown command CONFIG')
}

function verdicts(findings: Finding[]): Record<string, Finding['ok']> {
  return Object.fromEntries(findings.map(({ check, ok }) => [check, ok]))
}

test('a Redis that keeps what it is given passes', async () => {
  const settings: Record<string, string> = { appendonly: 'yes', 'maxmemory-policy': 'noeviction' }
  const findings = await checkRedis({ info: async () => goodInfo, setting: async (name) => settings[name] ?? null })
  expect(findings.map(({ ok }) => ok)).toEqual([true, true, true])
  expect(findings[0]?.message).toBe('redis 7.0.15')
})

test('an old version, snapshots alone and eviction are each refused with what to do', async () => {
  const settings: Record<string, string> = { appendonly: 'no', 'maxmemory-policy': 'allkeys-lru' }
  const info = async () => 'redis_version:6.0.16\r\n'
  const findings = await checkRedis({ info, setting: async (name) => settings[name] ?? null })
  expect(findings.map(({ ok }) => ok)).toEqual([false, false, false])
  expect(findings.map(({ advice }) => advice)).toEqual([
    expect.stringContaining('6.2'),
    expect.stringContaining('appendonly yes'),
    expect.stringContaining('maxmemory-policy noeviction'),
  ])
})

test('a managed Redis that refuses CONFIG is judged by INFO', async () => {
  expect(verdicts(await checkRedis({ info: async () => goodInfo, setting: noSettings }))).toEqual({
    'Redis version': true,
    'Redis appendonly': true,
    'Redis maxmemory-policy': true,
  })
})

test('what neither INFO nor CONFIG tells is a warning, not a failure', async () => {
  const findings = await checkRedis({ info: async () => '# Server\r\n', setting: noSettings })
  expect(findings.map(({ ok, message }) => [ok, message])).toEqual(Array(3).fill(['warning', 'could not be read']))
})

test('Valkey is judged by the Redis version that it is compatible with and shown by its own', async () => {
  const info = async () => `redis_version:7.2.4\r\nvalkey_version:9.1.2\r\naof_enabled:1\r\n`
  const [version] = await checkRedis({ info, setting: noSettings })
  expect(version).toMatchObject({ ok: true, message: 'valkey 9.1.2' })
})

test('settings are read from lists and from maps', async () => {
  const list = redisAnswers({ call: async () => ['appendonly', 'yes'] })
  const map = redisAnswers({ call: async () => ({ appendonly: 'yes' }) })
  expect([await list.setting('appendonly'), await map.setting('appendonly')]).toEqual(['yes', 'yes'])
})
