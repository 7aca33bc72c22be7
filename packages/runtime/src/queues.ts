import type { Batch } from '@idiolect/contracts/batch'
import { type Stage, stages } from '@idiolect/contracts/stages'
import { type Job, type JobsOptions, Queue, type Telemetry } from 'bullmq'

import { connectRedis } from './connect-redis.ts'
import { type JobRange, listJobs } from './list-jobs.ts'
import type { RedisAddress } from './redis-address.ts'
import { type RunStore, runStore } from './run-store.ts'
import { type WorkforceStore, workforceStore } from './workforce-store.ts'

// Longer than the worst recovery of a worker that was killed between the hand-over and its completion (lock, two checks,
// the batch again): within it a second hand-over is swallowed. After it a batch may run twice, which the collector hides.
const deduplicationMs = 120_000

// Deliberately endless: a record is given up by the stage that cannot process it, a batch never is. A full disk or a full
// Redis stops the run until there is room; giving the batch up would lose it.
const jobAttempts = 1_000_000

const jobOptions: JobsOptions = {
  attempts: jobAttempts,
  backoff: { type: 'capped' },
  removeOnComplete: true,
  stackTraceLimit: 3,
}

/** Milliseconds before the given attempt: 1 s, 2 s, 4 s … 30 s. */
export function backoffMs(attempt: number): number {
  return Math.min(30_000, 1000 * 2 ** Math.min(attempt - 1, 5))
}

export type Queues = {
  store: RunStore
  workforce: WorkforceStore
  address: RedisAddress
  queue(stage: Stage): Queue
  /** What waits, is worked on or is to be tried again, without the records. */
  jobs(stage: Stage, range: JobRange): Promise<Job[]>
  /** Puts a batch on a stage's queue. The same batch again, in the same round of its run, is ignored. */
  add(stage: Stage, batch: Batch): Promise<void>
  /** Which targets of a run wait, are worked on or are to be tried again, in any stage. */
  inFlight(run: string): Promise<{ first: number; count: number }[]>
  /** Removes what a run that has ended has left on the queues: texts do not outlive their run. */
  clear(run: string): Promise<void>
  close(): Promise<void>
}

/**
 * `telemetry` makes a batch's trace go on to the next queue.
 * @throws IdiolectError `redis_unreachable`
 */
export async function openQueues(address: RedisAddress, telemetry?: Telemetry): Promise<Queues> {
  const redis = await connectRedis(address)
  const queues = new Map<Stage, Queue>()

  const queue = (stage: Stage): Queue => {
    let known = queues.get(stage)
    if (known === undefined) {
      // The event stream copies return values and fail reasons; a short one keeps Redis flat.
      known = new Queue(stage, {
        connection: redis,
        prefix: address.prefix,
        streams: { events: { maxLen: 1000 } },
        ...(telemetry && { telemetry }),
      })
      known.on('error', () => undefined)
      queues.set(stage, known)
    }
    return known
  }

  const idsInFlight = async (stage: Stage): Promise<string[]> => {
    const key = (state: string) => queue(stage).toKey(state)
    const [waiting, active, delayed, failed] = await Promise.all([
      redis.lrange(key('wait'), '0', '-1'),
      redis.lrange(key('active'), '0', '-1'),
      redis.zrange(key('delayed'), '0', '-1'),
      redis.zrange(key('failed'), '0', '-1'),
    ])
    return [...waiting, ...active, ...delayed, ...failed]
  }

  return {
    store: runStore(redis, address.prefix),
    workforce: workforceStore(redis, address.prefix),
    address,
    queue,
    jobs: (stage, range) => listJobs(queue(stage), redis, range),

    async add(stage, batch) {
      const jobId = `${batch.run}-${batch.first}-${batch.count}`
      const deduplication = { id: `${jobId}-${batch.round}`, ttl: deduplicationMs }
      await queue(stage).add('batch', batch, { ...jobOptions, jobId, deduplication })
    },

    async inFlight(run) {
      const ids = (await Promise.all(stages.map(idsInFlight))).flat()
      return ids
        .filter((id) => id.startsWith(`${run}-`))
        .map((id) =>
          id
            .slice(run.length + 1)
            .split('-')
            .map(Number),
        )
        .map(([first, count]) => ({ first: first!, count: count! }))
    },

    async clear(run) {
      for (const stage of stages) {
        for (const id of await idsInFlight(stage)) {
          if (!id.startsWith(`${run}-`) || (await queue(stage).remove(id)) === 1) continue
          // Its worker may be dead, and nobody left to notice; one that lives drops it when it is through.
          await redis.del(`${queue(stage).toKey(id)}:lock`)
          await queue(stage).remove(id)
        }
      }
    },

    async close() {
      await Promise.all([...queues.values()].map((each) => each.close()))
      redis.disconnect()
    },
  }
}
