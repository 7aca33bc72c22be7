import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

import { type Client, connect, type Document } from '@idiolect/client/connect'
import { type Dashboard, startDashboard } from '@idiolect/dashboard/server'
import { openQueues, type Queues } from '@idiolect/runtime/queues'
import { redisAddress } from '@idiolect/runtime/redis-address'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'

import { type ChatServer, respondWithText, startChatServer } from './chat-server.ts'
import { prefixedUrl } from './prefixed.ts'
import { startWorkers, type Workers } from './processes.ts'
import { importMail } from './texts.ts'

const withoutModels = {
  rank: { strategy: 'RankDocBM25' },
  generate: { model: 'none' },
  targets: { select: 'all' },
  batch: { records: 4 },
}
const token = 'a token for the tests'

let dir: string
let documents: string
let queues: Queues
let workers: Workers
let models: ChatServer
let modelsRefuse = true
/** The model server answers when it is told to. */
let held: (() => void)[] | null = null
let dashboard: Dashboard
let client: Client

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'idiolect-client-'))
  documents = await importMail(dir, '00[0-2]*.txt')
  const redisUrl = prefixedUrl(inject('redisUrl'))
  queues = await openQueues(redisAddress(redisUrl))
  workers = startWorkers(redisUrl, 1)
  models = await startChatServer(({ content }, response) => {
    const answer = () => {
      if (modelsRefuse && content.length % 3 === 0) response.writeHead(400).end('{"error":{"message":"no"}}')
      else respondWithText(response, ` and so on, after ${content.length}.`)
    }
    if (held === null) answer()
    else held.push(answer)
  })
  dashboard = await startDashboard({
    queues,
    host: '127.0.0.1',
    port: 0,
    log: pino({ level: 'silent' }),
    token,
    env: { ...process.env, REDIS_URL: redisUrl },
    outputs: join(dir, 'results'),
    inputs: [dir],
    models: [`openai:${models.url}#writer`],
  })
  client = connect({ url: dashboard.url, token })
})

afterAll(async () => {
  await dashboard.close()
  await workers.close()
  await models.close()
  await queues.close()
  await rm(dir, { recursive: true, force: true })
})

async function* documentsOfFile(): AsyncGenerator<Document> {
  for await (const line of createInterface(createReadStream(documents))) yield JSON.parse(line)
}

async function outputOf(name: string): Promise<unknown[]> {
  const text = await readFile(join(dir, 'results', name, 'generations.jsonl'), 'utf8')
  return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]))
}

async function gather<T>(values: AsyncIterable<T>): Promise<T[]> {
  const gathered: T[] = []
  for await (const value of values) gathered.push(value)
  return gathered
}

describe('the client', { timeout: 180_000 }, () => {
  test('gets every row once and in the order of the output, begun before the run has ended', async () => {
    const run = await client.enqueue(documentsOfFile(), { name: 'rows', config: withoutModels })
    const rows = await gather(run.results())
    expect(rows.length).toBeGreaterThan(20)
    expect(rows).toEqual(await outputOf('rows'))
    expect(await run.wait()).toMatchObject({ status: 'finished', committed: rows.length, failed: 0 })
    expect((await client.runs()).map(({ id }) => id)).toContain(run.id)
  })

  test('goes on from where it was, also with a cursor of a run that was under way then', async () => {
    const run = await client.enqueue(documents, { name: 'cursor', config: withoutModels })
    const first = (await run.pages().next()).value!
    await run.wait()
    const later = await gather(client.run(run.id).results({ cursor: first.next }))
    expect([...first.rows.map(({ row }: { row: unknown }) => row), ...later]).toEqual(await outputOf('cursor'))
  })

  test('goes on with the same run under the same name, and refuses to make another of it', async () => {
    const options = { name: 'twice', config: withoutModels }
    const first = await client.enqueue({ serverPath: documents }, options)
    await first.wait()
    const again = await client.enqueue({ serverPath: documents }, options)
    expect(again.id).toBe(first.id)
    const other = client.enqueue({ serverPath: documents }, { ...options, config: { ...withoutModels, seed: 18 } })
    await expect(other).rejects.toMatchObject({
      status: 409,
      code: 'config_changed',
      message: /seed: 17 before, 18 now/,
    })
  })

  test('is told why its input cannot be used', async () => {
    const unusable = client.enqueue([{ nothing: 'of use' }] as never, { name: 'unusable', config: withoutModels })
    await expect(unusable).rejects.toMatchObject({ status: 400, code: 'input_unusable' })
  })

  test('sees what failed, by group, and tries it again as a run of its own', async () => {
    const generate = { model: `openai:${models.url}#writer` }
    const run = await client.enqueue(documents, { name: 'heals', config: { ...withoutModels, generate } })
    const { failed } = await run.wait()
    expect(failed).toBeGreaterThan(0)
    const { groups, total } = await run.failureGroups()
    expect([total, groups[0]!.code]).toEqual([failed, 'endpoint_rejected'])
    const failures = await gather(run.failures({ stage: 'generate' }))
    expect(failures).toHaveLength(failed)
    modelsRefuse = false
    const again = await run.retry({ ids: [failures[0]!.id] })
    expect(again.id).not.toBe(run.id)
    await again.wait()
    const healed = await again.retry({ code: 'endpoint_rejected' }).catch(() => again)
    expect(await healed.wait()).toMatchObject({ status: 'finished', failed: 0 })
    const { targets } = await healed.status()
    expect(await outputOf('heals')).toHaveLength(targets)
  })

  test('pauses a run, lets it go on and cancels it', async () => {
    const waiting: (() => void)[] = []
    held = waiting
    const generate = { model: `openai:${models.url}#writer` }
    const run = await client.enqueue(documents, { name: 'steered', config: { ...withoutModels, generate } })
    await run.pause()
    expect(await run.status()).toMatchObject({ paused: true })
    await run.resume()
    expect(await run.status()).toMatchObject({ paused: false })
    await run.cancel()
    held = null
    for (const answer of waiting) answer()
    expect(await run.wait()).toMatchObject({ status: 'cancelled' })
    await expect(run.pause()).rejects.toMatchObject({ status: 400, code: 'usage' })
  })

  test('is as simple to use as the example says', async () => {
    const example = fileURLToPath(new URL('../packages/client/example.ts', import.meta.url))
    const env = { ...process.env, IDIOLECT_URL: dashboard.url, IDIOLECT_TOKEN: token }
    const child = spawn(process.execPath, ['--import', 'tsx', example, documents], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let said = ''
    child.stdout.on('data', (chunk: Buffer) => (said += chunk))
    expect((await once(child, 'close'))[0]).toBe(0)
    const lines = said.trimEnd().split('\n')
    expect(lines.at(-1)).toBe(`${lines.length - 1} done, 0 failed`)
    expect(lines[0]).toMatch(/^\S+@\S+: \w+/)
  })
})
