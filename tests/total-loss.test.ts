import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { stages } from '@idiolect/contracts/stages'
import { programForTests } from '@idiolect/local-redis/program-for-tests'
import { listParts } from '@idiolect/output/parts'
import { redisAddress } from '@idiolect/runtime/redis-address'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest'

import { type ChatServer, respondWithText, startChatServer } from './chat-server.ts'
import { type MortalRedis, startMortalRedis } from './faults/mortal-redis.ts'
import { prefixedUrl } from './prefixed.ts'
import { idiolect, startIdiolect } from './processes.ts'
import { importMail } from './texts.ts'

let dir: string
let documents: string
let server: ChatServer
let undisturbed: string[]

/** How many more requests the model answers; the others wait. */
let answersLeft = Number.POSITIVE_INFINITY
const waiting: { content: string; response: ServerResponse }[] = []

const dataFiles = ['generations.jsonl', 'failures.jsonl', 'rejects.jsonl', 'run.json']
const filesOf = (out: string) => Promise.all(dataFiles.map((name) => readFile(join(out, name), 'utf8')))

function answer({ content, response }: (typeof waiting)[number]): void {
  respondWithText(response, ` and so it went on, ${content.length} characters later.`)
}

function argumentsFor(out: string): string[] {
  const settings = ['rank.strategy=RankDocBM25', 'batch.records=2', `generate.model=openai:${server.url}#writer`]
  return ['run', '-i', documents, '-o', out, '--limit', '20', '--set', ...settings]
}

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'idiolect-loss-'))
  documents = await importMail(dir, '00[0-2]*.txt')
  server = await startChatServer((request, response) => {
    answersLeft -= 1
    if (answersLeft >= 0) answer({ ...request, response })
    else waiting.push({ ...request, response })
  })
  const ended = await idiolect(argumentsFor(join(dir, 'undisturbed')), { REDIS_URL: prefixedUrl(inject('redisUrl')) })
  expect(ended.code, ended.stderr).toBe(0)
  undisturbed = await filesOf(join(dir, 'undisturbed'))
}, 120_000)

afterAll(async () => {
  await server.close()
  await rm(dir, { recursive: true, force: true })
})

/** How many batches each stage has begun, as the queues' event streams tell. */
async function begunBatches(redis: Redis, prefix: string): Promise<number[]> {
  return Promise.all(
    stages.map(async (stage) => {
      const events = await redis.xrange(`${prefix}:${stage}:events`, '-', '+')
      return events.filter(([, fields]) => fields[fields.indexOf('event') + 1] === 'active').length
    }),
  )
}

const losses: [string, (redis: MortalRedis, folder: string, client: Redis) => Promise<unknown>][] = [
  ['was emptied', (_redis, _folder, client) => client.flushall()],
  [
    'died with its disk',
    async (redis, folder) => {
      await redis.kill()
      await rm(folder, { recursive: true })
      await mkdir(folder)
      await redis.restart()
    },
  ],
]

test.each(losses)(
  'when Redis %s, the same command finishes the run and does again only what the folder lacks',
  {
    timeout: 180_000,
  },
  async (name, lose) => {
    const folder = join(dir, `redis ${name}`)
    const redis = await startMortalRedis(await programForTests(), folder)
    const client = new Redis({ port: redis.port, host: '127.0.0.1', maxRetriesPerRequest: null })
    client.on('error', () => undefined)
    try {
      const env = { REDIS_URL: `redis://127.0.0.1:${redis.port}?prefix=loss` }
      const out = join(dir, name)
      answersLeft = 7
      const first = startIdiolect(argumentsFor(out), env)
      let stderr = ''
      first.stderr!.on('data', (chunk: Buffer) => (stderr += chunk))
      const closed = once(first, 'close')
      const isInTheMiddle = async () => {
        expect(waiting.length).toBeGreaterThan(0)
        expect((await listParts(out)).length).toBeGreaterThan(0)
      }
      await vi.waitFor(isInTheMiddle, { timeout: 90_000, interval: 100 })
      await lose(redis, folder, client)
      const [code] = (await closed) as [number]
      expect(code, stderr).toBe(2)
      expect(stderr).toContain('the same command again finishes it')
      waiting.length = 0
      answersLeft = Number.POSITIVE_INFINITY

      const kept = await listParts(out)
      const targets = kept.reduce((sum, { count }) => sum + count, 0)
      expect(targets).toBeGreaterThan(0)
      expect(targets).toBeLessThan(20)
      await client.flushall()
      const second = await idiolect(argumentsFor(out), env)
      expect(second.code, second.stderr).toBe(0)
      expect(await filesOf(out)).toEqual(undisturbed)
      expect(await begunBatches(client, redisAddress(env.REDIS_URL).prefix)).toEqual(stages.map(() => 10 - kept.length))
    } finally {
      client.disconnect()
      await redis.close()
    }
  },
)
