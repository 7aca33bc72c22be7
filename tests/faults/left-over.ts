import { stages } from '@idiolect/contracts/stages'
import { openQueues, type Queues } from '@idiolect/runtime/queues'
import { redisAddress } from '@idiolect/runtime/redis-address'
import { Redis } from 'ioredis'

import { until } from './until.ts'

export type LeftOver = {
  /** Batches on the queues, whatever their state. */
  batches: number
  /** Keys that neither are a run's own short description nor go by themselves nor are a queue's bookkeeping. */
  keys: string[]
  /** Workers that wait for a batch, in Redis' eyes; one that does not has lost its queue. */
  waitingWorkers: number
  /** What Redis counted for each stage, where that is not one record a target. */
  miscounts: string[]
}

// A batch that has been tried often waits half a minute, one of a killed worker's for its lock and two checks.
const settleMs = 90_000

const bookkeeping = /:(meta|events|stalled-check|marker|id)$/

/** What a finished run has left in Redis, once everything is at rest. */
export async function leftOver(
  redisUrl: string,
  { targets, workers, signal }: { targets: number; workers: number; signal: AbortSignal },
): Promise<LeftOver> {
  const address = redisAddress(redisUrl)
  const queues = await openQueues(address)
  const redis = new Redis({ ...address.options, maxRetriesPerRequest: null })
  try {
    const isAtRest = async () => (await batchesOf(queues)) === 0 && (await waitingWorkers(redis)) === workers
    await until(isAtRest, { withinMs: settleMs, signal })
    const [run] = await queues.store.list(1)
    const progress = await queues.store.progress(run!.id)
    return {
      batches: await batchesOf(queues),
      keys: await keysTooMany(redis, `${address.prefix}:`),
      waitingWorkers: await waitingWorkers(redis),
      miscounts: stages
        .map((stage) => ({ stage, records: progress.stages[stage]?.records ?? 0 }))
        .filter(({ records }) => records !== targets)
        .map(({ stage, records }) => `${stage}: ${records}`),
    }
  } finally {
    redis.disconnect()
    await queues.close()
  }
}

async function batchesOf(queues: Queues): Promise<number> {
  const counts = await Promise.all(stages.map((stage) => queues.queue(stage).getJobCounts()))
  return counts.flatMap((each) => Object.values(each)).reduce((sum, count) => sum + count, 0)
}

async function waitingWorkers(redis: Redis): Promise<number> {
  const clients = (await redis.client('LIST')) as string
  return clients.split('\n').filter((line) => /cmd=bzpopmin/.test(line) && /flags=\S*b/.test(line)).length
}

async function keysTooMany(redis: Redis, prefix: string): Promise<string[]> {
  const found: string[] = []
  for await (const keys of redis.scanStream()) found.push(...(keys as string[]))
  const endless: string[] = []
  for (const key of found) if ((await redis.pttl(key)) === -1) endless.push(key)
  return endless.filter((key) => key !== `${prefix}runs` && !bookkeeping.test(key)).sort()
}
