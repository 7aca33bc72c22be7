import type { Config } from '@idiolect/contracts/config'
import { IdiolectError } from '@idiolect/contracts/errors'
import type { Stage } from '@idiolect/contracts/stages'
import type { ChainableCommander, Redis } from 'ioredis'

/**
 * admitting: the source still adds batches → running: all are added → finished: the output folder is complete.
 * Out of the first two, suspended: its command was stopped, and resumes it from the folder; cancelled: for good. The
 * batches of a run that is not under way are dropped where they are met.
 */
export type RunStatus = 'admitting' | 'running' | 'finished' | 'suspended' | 'cancelled'

export function isUnderWay(status: RunStatus | null): boolean {
  return status === 'admitting' || status === 'running'
}

/** What a worker has to know of a run. It never changes while the run lasts, but for `status` and `paused`. */
export type Run = {
  id: string
  config: Config
  out: string
  targets: number
  createdAt: number
  status: RunStatus
  /** Its batches wait on the queues until it is resumed. */
  paused: boolean
  /** Ends with the command that began it, which brought the workers; others go on without the command. */
  attended: boolean
}

/** Per stage: records, batches and busy milliseconds so far; over all: targets that the source has let in, failed records and tokens. */
export type Progress = {
  stages: Partial<Record<Stage, { records: number; batches: number; busyMs: number }>>
  admitted: number
  failed: number
  promptTokens: number
  completionTokens: number
}

export type Advance = {
  stage: Stage
  first: number
  records: number
  failed: number
  busyMs: number
  promptTokens: number
  completionTokens: number
}

/** What the workers need of a run beside its records. It travels by value, since they may be anywhere. */
export type RunSupplies = {
  /** As `decodeDocumentFrequencies` reads them. */
  frequencies: Buffer
  /** By stage, the trained selectors that the configuration names. */
  selectors: Partial<Record<Stage, unknown>>
}

// Many polls of the waiting command, so that a slow machine does not look like a dead one.
const attendedMs = 20_000

const keepFinishedRunsSeconds = 30 * 24 * 3600

// A batch that is processed again after a crash is counted once: its first ordinal is a bit of the stage's bitmap. Of a run that
// has ended nothing is counted: its bitmaps are gone, and one made anew would stay for good.
const advanceScript = `
local status = redis.call('HGET', KEYS[3], 'status')
if status == 'finished' or status == 'cancelled' then return 0 end
if redis.call('SETBIT', KEYS[1], ARGV[1], 1) == 1 then return 0 end
for i = 2, #ARGV, 2 do redis.call('HINCRBY', KEYS[2], ARGV[i], ARGV[i + 1]) end
return 1`

const runningScript = `
if redis.call('HGET', KEYS[1], 'status') == 'admitting' then redis.call('HSET', KEYS[1], 'status', 'running') end`

// A source may be at its last batch when its run ends.
const admittedScript = `
local status = redis.call('HGET', KEYS[2], 'status')
if status == 'admitting' or status == 'running' then redis.call('HSET', KEYS[1], 'admitted', ARGV[1]) end
return status`

export type RunStore = ReturnType<typeof runStore>

/** The runs as Redis knows them: what they are, how far they are. No texts. */
export function runStore(redis: Redis, prefix: string) {
  const runsKey = `${prefix}:runs`
  const runKey = (id: string) => `${prefix}:run:${id}`
  const progressKey = (id: string) => `${runKey(id)}:progress`
  const seenKey = (id: string, stage: Stage) => `${runKey(id)}:seen:${stage}`
  const attendedKey = (id: string) => `${runKey(id)}:attended`
  const deathsKey = (id: string, stage: Stage) => `${runKey(id)}:deaths:${stage}`
  const selectorsKey = (id: string) => `${runKey(id)}:selectors`
  const frequenciesKey = (id: string) => `${runKey(id)}:frequencies`

  return {
    async create(run: Run, { frequencies, selectors }: RunSupplies): Promise<void> {
      const { id, config, paused, attended, ...fields } = run
      await commit(
        redis
          .multi()
          .zadd(runsKey, run.createdAt, id)
          .hset(runKey(id), {
            ...fields,
            config: JSON.stringify(config),
            paused: paused ? 1 : 0,
            attended: attended ? 1 : 0,
          })
          .set(frequenciesKey(id), frequencies)
          .set(selectorsKey(id), JSON.stringify(selectors)),
      )
    },

    async find(id: string): Promise<Run | null> {
      const fields = await redis.hgetall(runKey(id))
      if (fields.config === undefined) return null
      return {
        id,
        config: JSON.parse(fields.config) as Config,
        out: fields.out!,
        targets: Number(fields.targets),
        createdAt: Number(fields.createdAt),
        status: fields.status as RunStatus,
        paused: fields.paused === '1',
        attended: fields.attended === '1',
      }
    },

    /** @throws IdiolectError `run_unknown` */
    async get(id: string): Promise<Run> {
      const run = await this.find(id)
      if (run === null) throw new IdiolectError('run_unknown', `Redis knows no run ${id}; "idiolect runs" lists them`)
      return run
    },

    /** Tells that the command which began the run is still there; it lapses by itself. */
    async attend(id: string): Promise<void> {
      await redis.set(attendedKey(id), '1', 'PX', attendedMs)
    },

    /** Whether the run belongs to a command that is gone without having suspended it, by kill -9 or a power cut. */
    async isAbandoned(run: Run): Promise<boolean> {
      return run.attended && isUnderWay(run.status) && (await redis.exists(attendedKey(run.id))) === 0
    },

    /** Newest first. */
    async list(limit = 100): Promise<Run[]> {
      const ids = await redis.zrevrange(runsKey, 0, limit - 1)
      const runs = await Promise.all(ids.map((id) => this.find(id)))
      return runs.filter((run) => run !== null)
    },

    async status(id: string): Promise<RunStatus | null> {
      return (await redis.hget(runKey(id), 'status')) as RunStatus | null
    },

    /** What of a run may change while it lasts. */
    async state(id: string): Promise<Pick<Run, 'status' | 'paused'> | null> {
      const [status, paused] = await redis.hmget(runKey(id), 'status', 'paused')
      return status == null ? null : { status: status as RunStatus, paused: paused === '1' }
    },

    async setPaused(id: string, paused: boolean): Promise<void> {
      await redis.hset(runKey(id), { paused: paused ? 1 : 0 })
    },

    /** The source has let everything in; a run that was cancelled meanwhile stays so. */
    async setRunning(id: string): Promise<void> {
      await redis.eval(runningScript, 1, runKey(id))
    },

    /** The run's command is gone. What the workers need comes with it again: words of people's texts do not wait here. */
    async suspend(id: string): Promise<void> {
      await commit(redis.multi().hset(runKey(id), { status: 'suspended' }).del(frequenciesKey(id), selectorsKey(id)))
    },

    async frequencies(id: string): Promise<Buffer> {
      const frequencies = await redis.getBuffer(frequenciesKey(id))
      if (frequencies === null)
        throw new IdiolectError('run_unknown', `Redis no longer holds the word statistics of run ${id}`)
      return frequencies
    },

    async selectors(id: string): Promise<RunSupplies['selectors']> {
      return JSON.parse((await redis.get(selectorsKey(id))) ?? '{}')
    },

    /** Tells how many targets the source has put on the queues or passed over so far; what is told back is the run's status. */
    async setAdmitted(id: string, targets: number): Promise<RunStatus | null> {
      return (await redis.eval(admittedScript, 2, progressKey(id), runKey(id), targets)) as RunStatus | null
    },

    /** Counts a batch as processed by a stage; true the first time. */
    async advance(id: string, step: Advance): Promise<boolean> {
      const counts = {
        [`${step.stage}:records`]: step.records,
        [`${step.stage}:batches`]: 1,
        [`${step.stage}:busyMs`]: Math.round(step.busyMs),
        failed: step.failed,
        promptTokens: step.promptTokens,
        completionTokens: step.completionTokens,
      }
      const increments = Object.entries(counts).filter(([, count]) => count !== 0)
      const keys = [seenKey(id, step.stage), progressKey(id), runKey(id)]
      return (await redis.eval(advanceScript, keys.length, ...keys, step.first, ...increments.flat())) === 1
    },

    /** Notes that a record is being worked on alone; how often it has been since a process lived through it. */
    async enterQuarantine(id: string, stage: Stage, ordinal: number): Promise<number> {
      return redis.hincrby(deathsKey(id, stage), String(ordinal), 1)
    },

    async leaveQuarantine(id: string, stage: Stage, ordinal: number): Promise<void> {
      await redis.hdel(deathsKey(id, stage), String(ordinal))
    },

    async progress(id: string): Promise<Progress> {
      const fields = await redis.hgetall(progressKey(id))
      const progress: Progress = {
        stages: {},
        admitted: Number(fields.admitted ?? 0),
        failed: Number(fields.failed ?? 0),
        promptTokens: Number(fields.promptTokens ?? 0),
        completionTokens: Number(fields.completionTokens ?? 0),
      }
      for (const [field, value] of Object.entries(fields)) {
        const [stage, count] = field.split(':')
        if (count === undefined) continue
        progress.stages[stage as Stage] ??= { records: 0, batches: 0, busyMs: 0 }
        progress.stages[stage as Stage]![count as 'records' | 'batches' | 'busyMs'] = Number(value)
      }
      return progress
    },

    /** Records that the output folder holds, done and failed together. */
    async committed(id: string): Promise<number> {
      return Number((await redis.hget(progressKey(id), 'collect:records')) ?? 0)
    },

    /** Ends a run: what it needed while it lasted goes, what it was and how it went stays for a month. */
    async end(id: string, status: 'finished' | 'cancelled', stages: readonly Stage[]): Promise<void> {
      const ending = redis
        .multi()
        .hset(runKey(id), { status })
        .del(
          frequenciesKey(id),
          selectorsKey(id),
          ...stages.flatMap((stage) => [seenKey(id, stage), deathsKey(id, stage)]),
        )
        .zremrangebyscore(runsKey, 0, Date.now() - keepFinishedRunsSeconds * 1000)
      // A worker that was killed between handing a batch over and counting it has left it uncounted where the rest was faster.
      const targets = status === 'finished' ? await redis.hget(runKey(id), 'targets') : null
      if (targets !== null) {
        ending.hset(progressKey(id), Object.fromEntries(stages.map((stage) => [`${stage}:records`, targets])))
      }
      await commit(ending.expire(runKey(id), keepFinishedRunsSeconds).expire(progressKey(id), keepFinishedRunsSeconds))
    },

    /** Forgets a run altogether, before the same output folder is begun anew. */
    async remove(id: string, stages: readonly Stage[]): Promise<void> {
      const ofStages = stages.flatMap((stage) => [seenKey(id, stage), deathsKey(id, stage)])
      const keys = [runKey(id), progressKey(id), frequenciesKey(id), selectorsKey(id), ...ofStages]
      await commit(
        redis
          .multi()
          .zrem(runsKey, id)
          .del(...keys),
      )
    },
  }
}

/** EXEC reports a command that failed in its answer only; here it throws. */
async function commit(transaction: ChainableCommander): Promise<void> {
  for (const [error] of (await transaction.exec()) ?? []) {
    if (error !== null) throw error
  }
}
