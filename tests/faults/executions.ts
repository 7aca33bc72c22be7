import { stages } from '@idiolect/contracts/stages'
import { redisAddress } from '@idiolect/runtime/redis-address'
import { Redis } from 'ioredis'

export type Executions = {
  /** How often a worker has begun a batch, over all stages. */
  begun: number
  /** Of them, those of a batch that had been begun before. */
  again: number
}

export type ExecutionWatch = {
  soFar(): Executions
  close(): Promise<void>
}

const blockMs = 500

/** Counts in the queues' event streams, which tell of every batch that a worker takes, whatever becomes of the worker. */
export function watchExecutions(redisUrl: string): ExecutionWatch {
  const { options, prefix } = redisAddress(redisUrl)
  const redis = new Redis({ ...options, maxRetriesPerRequest: null })
  redis.on('error', () => undefined)
  const streams = stages.map((stage) => `${prefix}:${stage}:events`)
  const lastIds = streams.map(() => '0')
  const batches = new Set<string>()
  let begun = 0
  let isClosing = false

  const readOn = async (): Promise<void> => {
    const answer = await redis.xread('COUNT', 1000, 'BLOCK', blockMs, 'STREAMS', ...streams, ...lastIds)
    for (const [stream, entries] of answer ?? []) {
      for (const [id, flat] of entries) {
        lastIds[streams.indexOf(stream)] = id
        if (flat[flat.indexOf('event') + 1] !== 'active') continue
        begun += 1
        batches.add(`${stream} ${flat[flat.indexOf('jobId') + 1]}`)
      }
    }
  }
  const readUntilClosed = async (): Promise<void> => {
    while (!isClosing) await readOn()
  }

  const reading = readUntilClosed()
  return {
    soFar: () => ({ begun, again: begun - batches.size }),
    async close() {
      isClosing = true
      await reading
      redis.disconnect()
    },
  }
}
