import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { listParts } from '@idiolect/output/parts'

import { startClosers } from './closers.ts'
import { type Comparison, compare, namesIn, readDataFiles } from './comparison.ts'
import { type Executions, watchExecutions } from './executions.ts'
import { faultsOf } from './faults.ts'
import { type LeftOver, leftOver } from './left-over.ts'
import { startMortalRedis } from './mortal-redis.ts'
import { seededRandom } from './random.ts'
import { mountSmallDisk } from './small-disk.ts'
import { type Source, startSource } from './source.ts'
import { startStaff } from './staff.ts'
import { complaintsOf } from './storm-report.ts'
import { type Strikes, strikeAll } from './strike.ts'
import { startTcpProxy } from './tcp-proxy.ts'
import type { Undisturbed } from './undisturbed.ts'
import { until } from './until.ts'

const perStage = 2

// The corpus, the parts and the finished files of 1,200 targets take some 40.
const diskMegabytes = 96

// The stages start side by side on a small machine.
const firstCommitMs = 120_000

// The model is so much slower than it had to be to be through when the faults are: they always find work to spoil.
const slowness = 1.2

// A busy machine is not through with half of it by then: the faults go on until it is, for so many times their time at most.
const maxStretch = 3

// What is left to do when the faults are over, at worst after waits of half a minute.
const calmMs = 240_000

// What a collector was at when it was killed; it lies where the parts do, and goes with them.
const halfWritten = /^\.idiolect\/parts\/.*\/\.[^/]*$/

export type StormOptions = {
  seed: string
  durationMs: number
  dir: string
  program: string
  undisturbed: Undisturbed
  log: (line: string) => void
  signal: AbortSignal
}

export type StormReport = Comparison &
  LeftOver & {
    targets: number
    /** Of them, those that were in the output folder when the faults were over. */
    committedInStorm: number
    workers: number
    strikes: Strikes
    executions: Executions
    /** Batches whose records were worked on one by one, since they were begun often and not ended. */
    quarantines: number
    /** In the output folder, beside what the undisturbed run has left there. */
    filesLeft: string[]
    crashes: string[]
    refusals: string[]
  }

/** One run with faults of every kind for about `durationMs`, then in peace to its end. The seed is of the faults alone. */
export async function runStorm(options: StormOptions): Promise<StormReport> {
  const { seed, durationMs, dir, undisturbed, log, signal } = options
  const { endpoint, targets } = undisturbed
  const opened = startClosers()
  try {
    const folder = join(dir, 'disk')
    const disk = await mountSmallDisk(folder, diskMegabytes)
    if (typeof disk === 'string') log(`left out: ${disk}`)
    else opened.push(disk.unmount)
    const redis = await startMortalRedis(options.program, join(dir, 'redis'))
    opened.push(redis.close)
    const proxy = await startTcpProxy(redis.port)
    opened.push(proxy.close)
    const [direct, proxied] = [redis.port, proxy.port].map((port) => `redis://127.0.0.1:${port}`) as [string, string]
    const logs = join(dir, 'logs')
    const staff = startStaff(proxied, { perStage, logs })
    opened.push(staff.close)
    const executions = watchExecutions(direct)
    opened.push(executions.close)

    const out = join(folder, 'out')
    endpoint.pace((durationMs * slowness) / targets)
    opened.push(async () => endpoint.pace(0))
    const source = startSource([...undisturbed.args, '-o', out], {
      redisUrls: [direct, proxied],
      random: seededRandom(`${seed} source`),
      log: join(logs, 'source.log'),
    })
    opened.push(source.close)

    await firstCommit(out, signal)
    const faults = faultsOf({ redis, proxy, staff, source, endpoint, disk: typeof disk === 'string' ? null : disk })
    const over = sleep(durationMs, undefined, { signal }).then(async () => {
      const isHalfDone = async () => (await committedTargets(out)) >= targets / 2
      await until(isHalfDone, { withinMs: durationMs * (maxStretch - 1), signal })
    })
    const strikes = await strikeAll(faults, { seed, over, log, signal })
    const committedInStorm = await committedTargets(out)
    log('the faults are over')
    endpoint.pace(0)
    await endOf(source, signal)
    const files = await readDataFiles(out)
    const report: StormReport = {
      targets,
      committedInStorm,
      workers: staff.size,
      strikes,
      ...compare(undisturbed.files, files),
      ...(await leftOver(direct, { targets, workers: staff.size, signal })),
      executions: executions.soFar(),
      quarantines: staff.said('batch that was begun often'),
      filesLeft: (await namesIn(out)).filter((name) => !undisturbed.names.includes(name) && !halfWritten.test(name)),
      crashes: staff.crashes,
      refusals: source.refusals,
    }
    if (complaintsOf(report).length > 0) await cp(out, join(dir, 'out'), { recursive: true })
    return report
  } finally {
    await opened.close()
  }
}

async function committedTargets(out: string): Promise<number> {
  return (await listParts(out)).reduce((sum, { count }) => sum + count, 0)
}

async function firstCommit(out: string, signal: AbortSignal): Promise<void> {
  const hasCommitted = async () => (await committedTargets(out)) > 0
  if (await until(hasCommitted, { withinMs: firstCommitMs, signal })) return
  throw new Error(`nothing was committed within ${firstCommitMs / 1000} s, before any fault`)
}

async function endOf(source: Source, signal: AbortSignal): Promise<void> {
  let hasEnded = false
  void source.finished.then(() => {
    hasEnded = true
  })
  if (await until(() => hasEnded, { withinMs: calmMs, signal })) return
  const last = source.refusals.at(-1) ?? 'the command has not complained'
  throw new Error(`the run has not finished within ${calmMs / 1000} s of peace; ${last}`)
}
