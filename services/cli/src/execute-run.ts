import type { Config } from '@idiolect/contracts/config'
import { IdiolectError } from '@idiolect/contracts/errors'
import { makeFolder, readFolder } from '@idiolect/output/manifest'
import { openQueues, type Queues } from '@idiolect/runtime/queues'
import { redisAddress } from '@idiolect/runtime/redis-address'
import { suspendAbandonedRuns, suspendRun } from '@idiolect/runtime/suspend-run'

import { admitRun, createRun } from './admit-run.ts'
import { type OpenedFolder, openFolder, prepareRun, type RunRequest } from './prepare-run.ts'
import type { RunDisplay } from './run-display.ts'
import { type StageProcesses, startStageProcesses } from './stage-processes.ts'
import { findRedis } from './surroundings.ts'
import { waitForRun } from './wait-for-run.ts'

export type RunOutcome = {
  /** `finished`: this call finished it; `unchanged`: the folder held the whole result already. */
  state: 'finished' | 'unchanged'
  out: string
  task: Config['task']
  counts: Record<string, number>
}

export type RunOptions = { fresh: boolean; env: NodeJS.ProcessEnv; display: RunDisplay; signal: AbortSignal }

/**
 * A whole run on this machine: Redis, the processes of each stage, the source, and the wait for the finished files.
 * A folder that is finished already is left as it is. When `signal` aborts, everything is closed and can be resumed.
 */
export async function executeRun(request: RunRequest, options: RunOptions): Promise<RunOutcome> {
  const { display } = options
  const opened = await openFolder(request, options.fresh)
  const closers: Closers = []
  const ended = new AbortController()
  const signal = AbortSignal.any([options.signal, ended.signal])
  try {
    const unfinished = opened.found.state !== 'finished'
    if (unfinished) display.phase('Starting Redis and the stages')
    const machine = unfinished ? await bringUp(request, opened.folder.logs, { ...options, closers }) : null
    display.phase('Reading the input')
    const prepared = await prepareRun(request, opened, signal)
    if (prepared.state === 'finished' || machine === null) return unchanged(request, opened)
    closers.push(() => prepared.corpus.close())

    const { queues, processes } = machine
    const { out, selectors } = request
    const admission = { prepared, out, selectors, abandoned: opened.abandoned, attended: true, queues, signal }
    machine.suspend = prepared.manifest.run
    const run = await createRun(admission)
    const finished = waitForRun(queues, run.id, { onProgress: display.update, signal, attend: true })
    await Promise.race([processes.broken, Promise.all([admitRun(run, admission), finished])])
    const done = await readFolder(request.out)
    if (done.state !== 'finished')
      throw new IdiolectError('internal', `${request.out} has no run.json although the run ended`)
    return { state: 'finished', out: request.out, task: request.config.task, counts: done.run.counts }
  } finally {
    ended.abort()
    display.stop()
    await closeAll(closers)
  }
}

/** What has been opened is closed in the opposite order. */
type Closers = (() => Promise<unknown>)[]

async function closeAll(closers: Closers): Promise<void> {
  const errors: unknown[] = []
  for (const close of closers.reverse()) await close().catch((error) => errors.push(error))
  if (errors.length > 0) throw errors[0]
}

type Machine = {
  queues: Queues
  processes: StageProcesses
  /** The run to take off the queues when everything is closed before it has finished. */
  suspend: string | null
}

async function bringUp(
  request: RunRequest,
  logs: string,
  options: RunOptions & { closers: Closers },
): Promise<Machine> {
  const { env, closers } = options
  const redis = await findRedis(options, { forWork: true })
  closers.push(() => redis.close())
  const queues = await openQueues(redisAddress(redis.url))
  closers.push(() => queues.close())
  await suspendAbandonedRuns(queues)
  await makeFolder(logs)
  const processes = startStageProcesses({ redisUrl: redis.url, workers: request.config.workers, env, logs })
  const machine: Machine = { queues, processes, suspend: null }
  closers.push(async () => {
    if (machine.suspend !== null) await suspendRun(queues, machine.suspend)
  })
  closers.push(() => processes.close())
  return machine
}

function unchanged(request: RunRequest, { found }: OpenedFolder): RunOutcome {
  const counts = found.state === 'finished' ? found.run.counts : {}
  return { state: 'unchanged', out: request.out, task: request.config.task, counts }
}
