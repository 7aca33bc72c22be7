import { Job, type JobType, type Queue } from 'bullmq'
import type { Redis } from 'ioredis'

export type JobRange = { states: readonly string[]; start: number; end: number }

// As BullMQ calls what a list of jobs shows; `data` is not among them.
const fields = {
  name: 'name',
  opts: 'opts',
  delay: 'delay',
  priority: 'priority',
  timestamp: 'timestamp',
  processedOn: 'processedOn',
  finishedOn: 'finishedOn',
  failedReason: 'failedReason',
  stacktrace: 'stacktrace',
  atm: 'attemptsMade',
  ats: 'attemptsStarted',
  stc: 'stalledCounter',
  pb: 'processedBy',
} as const

const numbers = new Set(['delay', 'priority', 'timestamp', 'processedOn', 'finishedOn', 'atm', 'ats', 'stc'])

/**
 * Jobs of a queue without their records, which are up to megabytes each: BullMQ reads them twice to list a page, 60 ms of Redis for
 * ten jobs of 1 MB. What their data still hold is what their id tells.
 */
export async function listJobs(queue: Queue, redis: Redis, { states, start, end }: JobRange): Promise<Job[]> {
  const ids = await queue.getRanges(states as JobType[], start, end)
  const names = Object.keys(fields)
  const found = await Promise.all(ids.map((id) => redis.hmget(queue.toKey(id), ...names)))
  return ids.flatMap((id, index) => {
    const values = found[index]!
    // It has been done meanwhile.
    if (values[0] === null) return []
    const json: Record<string, unknown> = { id, data: JSON.stringify(aboutOf(id)) }
    for (const [place, name] of names.entries()) {
      const value = values[place]
      if (value == null) continue
      if (name === 'opts') json.opts = Job.optsFromJSON(value)
      else json[fields[name as keyof typeof fields]] = numbers.has(name) ? Number(value) : value
    }
    return [Job.fromJSON(queue, json as never, id)]
  })
}

function aboutOf(id: string): object {
  const [, run, first, count] = /^(.+)-(\d+)-(\d+)$/.exec(id) ?? []
  return run === undefined ? {} : { run, first: Number(first), count: Number(count) }
}
