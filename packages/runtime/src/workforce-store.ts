import type { Redis } from 'ioredis'

// What lies in Redis outlasts the hour that is shown, and goes by itself where nobody looks or works any more.
const keepSeconds = 65 * 60

export type WorkforceStore = ReturnType<typeof workforceStore>

/** The workers as Redis knows them: a line each, and what they did by slots of time. Statistics alone; losing them loses no work. */
export function workforceStore(redis: Redis, prefix: string) {
  const workersKey = `${prefix}:workers`
  const historyKey = (slot: number) => `${prefix}:history:${slot}`

  return {
    /** Milliseconds since 1970 by the clock of Redis, which all machines share. */
    async nowMs(): Promise<number> {
      const [seconds, microseconds] = await redis.time()
      return Number(seconds) * 1000 + Math.floor(Number(microseconds) / 1000)
    },

    async report(id: string, line: string, { slot, added }: { slot: number; added: [string, number][] }) {
      // Together, so that nothing stays for good of a report that Redis dies at.
      const transaction = redis.multi().hset(workersKey, id, line).expire(workersKey, keepSeconds)
      for (const [field, count] of added) transaction.hincrby(historyKey(slot), field, count)
      if (added.length > 0) transaction.expire(historyKey(slot), keepSeconds)
      await transaction.exec()
    },

    async remove(ids: string[]): Promise<void> {
      await redis.hdel(workersKey, ...ids)
    },

    async lines(): Promise<{ lines: { id: string; line: string }[]; atMs: number }> {
      const [lines, atMs] = await Promise.all([redis.hgetall(workersKey), this.nowMs()])
      return { lines: Object.entries(lines).map(([id, line]) => ({ id, line })), atMs }
    },

    /** The fields of each slot, in their order; none where nothing was done. */
    async slots(slots: number[]): Promise<Record<string, string>[]> {
      const pipeline = redis.pipeline()
      for (const slot of slots) pipeline.hgetall(historyKey(slot))
      return ((await pipeline.exec()) ?? []).map(([error, fields]) => {
        if (error !== null) throw error
        return fields as Record<string, string>
      })
    },
  }
}
