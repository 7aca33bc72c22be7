import type { Redis } from 'ioredis'

/**
 * Everything that stands under a prefix but for the records themselves, as text: names of keys, fields and values, events. Jobs have
 * their records in `data`, and a run its words in `frequencies`, for as long as it lasts.
 */
export async function redisContents(redis: Redis, prefix: string, { withRecords = false } = {}): Promise<string> {
  const said: string[] = []
  for (const key of await keysUnder(redis, prefix)) {
    said.push(key)
    const type = await redis.type(key)
    if (type === 'hash') {
      const { data = '', ...fields } = await redis.hgetall(key)
      said.push(JSON.stringify(withRecords ? { ...fields, data } : fields))
    } else if (type === 'string') {
      if (withRecords || !key.endsWith(':frequencies'))
        said.push((await redis.getBuffer(key))?.toString('latin1') ?? '')
    } else if (type === 'list') said.push(...(await redis.lrange(key, 0, -1)))
    else if (type === 'set') said.push(...(await redis.smembers(key)))
    else if (type === 'zset') said.push(...(await redis.zrange(key, '0', '-1')))
    else if (type === 'stream') said.push(JSON.stringify(await redis.xrange(key, '-', '+')))
    else if (type !== 'none') throw new Error(`${key} is a ${type}, which nobody looks into`)
  }
  return said.join('\n')
}

/** Names alone. */
async function keysUnder(redis: Redis, prefix: string): Promise<string[]> {
  const keys: string[] = []
  for await (const found of redis.scanStream({ match: `${prefix.replace(/[{}]/g, '\\$&')}*`, count: 1000 })) {
    keys.push(...(found as string[]))
  }
  return keys.sort()
}
