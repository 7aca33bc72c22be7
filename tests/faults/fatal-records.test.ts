import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

import type { Batch } from '@idiolect/contracts/batch'
import { parseConfig } from '@idiolect/contracts/config'
import { stages } from '@idiolect/contracts/stages'
import { openQueues } from '@idiolect/runtime/queues'
import { redisAddress } from '@idiolect/runtime/redis-address'
import { expect, inject, test, vi } from 'vitest'

import { prefixedUrl } from '../prefixed.ts'

const file = fileURLToPath(new URL('fatal-stage.ts', import.meta.url))
const batchRecords = 4
const batches = 12
const fatal = [5, 22]

/** Processes that are started again whenever they die. */
function superviseTwo(redisUrl: string) {
  const running = new Set<ChildProcess>()
  let deaths = 0
  let closing = false
  const start = (): void => {
    const env = { ...process.env, REDIS_URL: redisUrl }
    const child = spawn(process.execPath, ['--import', 'tsx', file], { env, stdio: 'ignore' })
    running.add(child)
    child.once('exit', () => {
      running.delete(child)
      if (closing) return
      deaths += 1
      start()
    })
  }
  start()
  start()
  return {
    deaths: () => deaths,
    close() {
      closing = true
      for (const child of running) child.kill('SIGKILL')
    },
  }
}

test('of records that kill their workers only those are lost, also beside others in one process', {
  timeout: 180_000,
}, async () => {
  const url = prefixedUrl(inject('redisUrl'))
  const queues = await openQueues(redisAddress(url))
  const run = {
    id: 'run-fatal',
    config: parseConfig({}),
    out: '/out',
    targets: batches * batchRecords,
    createdAt: 0,
    attended: false,
    status: 'running' as const,
    paused: false,
  }
  await queues.store.create(run, { frequencies: Buffer.alloc(0), selectors: {} })
  const workers = superviseTwo(url)
  try {
    for (let first = 0; first < run.targets; first += batchRecords) {
      const records = Array.from({ length: batchRecords }, (_, index) => ({
        ordinal: first + index,
        id: fatal.includes(first + index) ? 'fatal' : `r${first + index}`,
      }))
      await queues.add('rank', { run: run.id, first, count: batchRecords, round: 0, records, failures: [], models: {} })
    }
    const isThrough = async () => {
      const { wait = 0 } = await queues.queue('summarize').getJobCounts('wait')
      expect(wait).toBe(batches)
    }
    await vi.waitFor(isThrough, { timeout: 170_000, interval: 200 })
    const jobs = await queues.queue('summarize').getJobs(['wait'])
    const through = jobs.map(({ data }) => data as Batch)
    const ordinals = through.flatMap(({ records }) => (records as { ordinal: number }[]).map(({ ordinal }) => ordinal))
    const all = Array.from({ length: run.targets }, (_, ordinal) => ordinal)
    expect(ordinals.sort((a, b) => a - b)).toEqual(all.filter((ordinal) => !fatal.includes(ordinal)))
    const failures = through.flatMap((batch) => batch.failures).sort((a, b) => a.ordinal - b.ordinal)
    expect(failures.map(({ ordinal, code }) => [ordinal, code])).toEqual(
      fatal.map((ordinal) => [ordinal, 'worker_died']),
    )
    expect(workers.deaths()).toBeGreaterThan(fatal.length)
  } finally {
    workers.close()
    await queues.clear(run.id)
    await queues.store.remove(run.id, stages)
    await queues.close()
  }
})
