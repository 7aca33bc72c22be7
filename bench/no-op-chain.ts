/** Queue cost: records a second through the five stages that do nothing, with the product's own batches and hand-over. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

import type { Batch } from '@idiolect/contracts/batch'
import { parseConfig } from '@idiolect/contracts/config'
import { admit } from '@idiolect/runtime/admit'

import { openBenchRedis } from './bench-redis.ts'
import { report } from './report.ts'

const records = Number(process.argv.find((argument) => /^\d+$/.test(argument)) ?? 100_000)
const batchRecords = 32
const text = 'x'.repeat(500)

const { home, server, queues, redis } = await openBenchRedis()
const run = {
  id: 'bench',
  config: parseConfig({ batch: { records: batchRecords } }),
  paused: false,
  out: '/nowhere',
  targets: records,
  createdAt: 0,
  attended: false,
}
await queues.store.create({ ...run, status: 'admitting' }, { frequencies: Buffer.alloc(0), selectors: {} })

const workers = fork(fileURLToPath(new URL('no-op-stages.ts', import.meta.url)), {
  env: { ...process.env, REDIS_URL: server.url },
})
await once(workers, 'message')

let peakRedisBytes = 0
const watching = new AbortController()
const watch = (async () => {
  while (!watching.signal.aborted) {
    const used = Number(/used_memory:(\d+)/.exec(await redis.info('memory'))?.[1])
    peakRedisBytes = Math.max(peakRedisBytes, used)
    await sleep(200)
  }
})()

async function* batches(): AsyncGenerator<{ batch: Batch; bytes: number }> {
  for (let first = 0; first < records; first += batchRecords) {
    const count = Math.min(batchRecords, records - first)
    const ofBatch = Array.from({ length: count }, (_, index) => ({
      ordinal: first + index,
      id: `r${first + index}`,
      text,
    }))
    yield {
      batch: { run: run.id, first, count, round: 0, records: ofBatch, failures: [], models: {} },
      bytes: count * 700,
    }
  }
}

const startedAt = performance.now()
const cpuBefore = await redisCpuSeconds()
await admit({ queues, run: run.id, batches: batches(), windowBytes: run.config.window.bytes, skip: () => false })
while ((await queues.store.committed(run.id)) < records) await sleep(20)
const seconds = (performance.now() - startedAt) / 1000
const redisCpu = (await redisCpuSeconds()) - cpuBefore
watching.abort()
await watch
workers.send('cpu')
const [cpu] = (await once(workers, 'message')) as [number]

report('No-op chain of the five stages', [
  { figure: 'records', value: records },
  { figure: 'records/s through all five', value: records / seconds },
  { figure: 'worker CPU µs a record', value: (cpu / records) * 1e6 },
  { figure: 'Redis CPU µs a record', value: (redisCpu / records) * 1e6 },
  { figure: 'Redis peak MB', value: peakRedisBytes / 1e6 },
])

workers.send('stop')
await once(workers, 'exit')
redis.disconnect()
await queues.close()
await server.close()
await rm(home, { recursive: true, force: true })

async function redisCpuSeconds(): Promise<number> {
  const info = await redis.info('cpu')
  return Number(/used_cpu_user:([\d.]+)/.exec(info)?.[1]) + Number(/used_cpu_sys:([\d.]+)/.exec(info)?.[1])
}
