import { isStage, type Stage, stages } from '@idiolect/contracts/stages'

import type { Queues } from './queues.ts'

export type WorkerObservation = {
  id: string
  stage: Stage
  host: string
  pid: number
  /** Milliseconds since 1970, by the clock of Redis, as are the other times here. */
  startedAt: number
  seenAt: number
  /** Batches that it may have in work at a time. */
  concurrency: number
  active: number
  /** Since it started, as are the records and the retries. */
  batches: number
  records: number
  /** 0 to 1: the share of the time between its last two reports with at least one batch in work. */
  busyShare: number
  /** Batches that it could not get through and that the queue tries again. */
  retries: number
  /** When it last ended a batch; its start before the first. */
  lastProgressAt: number
}

/** What a stage did in ten seconds, as its workers reported it then. */
export type StageSlot = {
  atMs: number
  batches: number
  records: number
  failed: number
  /** Time with at least one batch in work, added up over the workers: `slotMs` of it is one worker busy throughout. */
  busyMs: number
  retries: number
  promptTokens: number
  completionTokens: number
  /** Batches by how long they took and by how long they had waited for their first attempt: one count a bound, one beyond. */
  runBuckets: number[]
  waitBuckets: number[]
}

export type WorkforceObserver = {
  /** The workers that are alive, by stage and start; of the last hour the slots in which something was done, oldest first. */
  observe(): Promise<{ workers: WorkerObservation[]; history: Record<Stage, StageSlot[]> }>
}

/** Upper bounds; a batch takes the collector milliseconds and a language model minutes. */
export const bucketBoundsSeconds: readonly number[] = [
  0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 60, 150, 300, 600,
]

export const slotMs = 10_000

const historyMs = 3_600_000

// A slot still changes after its end: a worker reports each 5 s, and a slow Redis a little later.
const lateMs = 15_000

// Four reports missed, and so many that it will not come back under this id.
const silentMs = 20_000
const goneMs = 60_000

/**
 * The value below which the share `q` of what the buckets count lies, taking each bucket to be evenly filled, as Prometheus does;
 * beyond the last bound, that bound. null where they count nothing.
 */
export function quantileSeconds(buckets: readonly number[], q: number): number | null {
  const total = buckets.reduce((sum, count) => sum + count, 0)
  if (total === 0) return null
  const rank = q * total
  let below = 0
  for (const [index, upper] of bucketBoundsSeconds.entries()) {
    const count = buckets[index] ?? 0
    if (count > 0 && below + count >= rank) {
      const lower = index === 0 ? 0 : bucketBoundsSeconds[index - 1]!
      return lower + (upper - lower) * ((rank - below) / count)
    }
    below += count
  }
  return bucketBoundsSeconds.at(-1)!
}

/**
 * Watches all workers of an installation. The first look reads an hour, a later one what may have changed since: some four hashes,
 * whatever the number of workers and of batches.
 */
export function workforceObserver(queues: Queues, nowMs?: () => number): WorkforceObserver {
  const { workforce } = queues
  const finished = new Map<number, Partial<Record<Stage, StageSlot>>>()

  return {
    async observe() {
      const { lines, atMs } = await workforce.lines()
      const now = nowMs?.() ?? atMs
      const newest = Math.floor(now / slotMs)
      const oldest = newest - historyMs / slotMs + 1
      const wanted: number[] = []
      for (let slot = oldest; slot <= newest; slot++) if (!finished.has(slot)) wanted.push(slot)
      const found = await workforce.slots(wanted)
      const current = new Map(wanted.map((slot, index) => [slot, stageSlots(slot, found[index]!)]))

      for (const slot of finished.keys()) if (slot < oldest) finished.delete(slot)
      for (const [slot, read] of current) if ((slot + 1) * slotMs + lateMs <= now) finished.set(slot, read)

      const workers = lines.map(({ id, line }) => ({ id, ...(JSON.parse(line) as Omit<WorkerObservation, 'id'>) }))
      const gone = workers.filter(({ seenAt }) => seenAt <= now - goneMs)
      if (gone.length > 0) await workforce.remove(gone.map(({ id }) => id))

      const slots = Array.from({ length: newest - oldest + 1 }, (_, index) => oldest + index)
      const slotsOf = (stage: Stage) =>
        slots.flatMap((slot) => (current.get(slot) ?? finished.get(slot))?.[stage] ?? [])
      return {
        workers: workers
          .filter(({ seenAt }) => seenAt > now - silentMs)
          .sort(
            (a, b) =>
              stages.indexOf(a.stage) - stages.indexOf(b.stage) ||
              a.startedAt - b.startedAt ||
              a.id.localeCompare(b.id),
          ),
        history: Object.fromEntries(stages.map((stage) => [stage, slotsOf(stage)])) as Record<Stage, StageSlot[]>,
      }
    },
  }
}

/** Reads fields such as `rank:batches`, and `rank:run3` for the fourth bucket. */
function stageSlots(slot: number, fields: Record<string, string>): Partial<Record<Stage, StageSlot>> {
  const read: Partial<Record<Stage, StageSlot>> = {}
  for (const [field, value] of Object.entries(fields)) {
    const [stage = '', figure = ''] = field.split(':')
    if (!isStage(stage)) continue
    const of = read[stage] ?? emptySlot(slot * slotMs)
    read[stage] = of
    const [, kind, bucket] = /^(run|wait)(\d+)$/.exec(figure) ?? []
    if (kind === 'run') of.runBuckets[Number(bucket)] = Number(value)
    else if (kind === 'wait') of.waitBuckets[Number(bucket)] = Number(value)
    else if (figure in of) of[figure as Exclude<keyof StageSlot, 'runBuckets' | 'waitBuckets'>] = Number(value)
  }
  return read
}

function emptySlot(atMs: number): StageSlot {
  const buckets = () => bucketBoundsSeconds.map(() => 0).concat(0)
  return {
    atMs,
    batches: 0,
    records: 0,
    failed: 0,
    busyMs: 0,
    retries: 0,
    promptTokens: 0,
    completionTokens: 0,
    runBuckets: buckets(),
    waitBuckets: buckets(),
  }
}
