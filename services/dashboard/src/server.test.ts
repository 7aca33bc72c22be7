import { createServer } from 'node:http'
import { parseConfig } from '@idiolect/contracts/config'
import { IdiolectError } from '@idiolect/contracts/errors'
import { type Stage, stages } from '@idiolect/contracts/stages'
import { type LocalRedis, openLocalRedis } from '@idiolect/local-redis/local-redis'
import { homeForTests, programForTests, removeHome, silent } from '@idiolect/local-redis/program-for-tests'
import { openQueues, type Queues } from '@idiolect/runtime/queues'
import { redisAddress } from '@idiolect/runtime/redis-address'
import type { Run } from '@idiolect/runtime/run-store'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'

import type { RunView } from './run-view.ts'
import { type Dashboard, startDashboard } from './server.ts'

const log = pino({ level: 'silent' })
const host = '127.0.0.1'

let home: string
let redis: LocalRedis
let queues: Queues
let dashboard: Dashboard
let looks = 0
let prefixes = 0

beforeAll(async () => {
  home = await homeForTests(await programForTests())
  redis = await openLocalRedis({ home, log: silent })
})

afterAll(async () => {
  await redis.close()
  await removeHome(home)
})

beforeEach(async () => {
  queues = await openQueues(redisAddress(`${redis.url}?prefix=dashboard-${prefixes++}`))
  looks = 0
  const { store } = queues
  const list = (limit?: number) => {
    looks++
    return store.list(limit)
  }
  dashboard = await startDashboard({ queues: { ...queues, store: { ...store, list } }, host, port: 0, log })
})

afterEach(async () => {
  await dashboard.close()
  await queues.close()
})

async function createRun(id: string, fields: Partial<Run> = {}): Promise<void> {
  const run: Run = {
    id,
    config: parseConfig({}),
    out: '/out',
    targets: 64,
    createdAt: 0,
    attended: false,
    status: 'running',
    paused: false,
    ...fields,
  }
  await queues.store.create(run, { frequencies: Buffer.alloc(0), selectors: {} })
}

function advance(id: string, stage: Stage, first: number, failed = 0): Promise<boolean> {
  const step = { stage, first, records: 16, failed, busyMs: 1, promptTokens: 700, completionTokens: 50 }
  return queues.store.advance(id, step)
}

function addBatch(run: string, first: number, text: string): Promise<void> {
  const failures = [{ ordinal: first, id: 'x', stage: 'embed', code: 'invalid_record', message: text, attempts: 1 }]
  return queues.add('rank', { run, first, count: 16, round: 0, records: [{ text }], failures, models: {} })
}

async function page(path: string): Promise<string> {
  const response = await fetch(dashboard.url + path)
  expect(response.status).toBe(200)
  return response.text()
}

/** The messages of /events, parsed. */
async function* messages(signal: AbortSignal): AsyncGenerator<{ title: string; markup: string }> {
  const response = await fetch(`${dashboard.url}/events`, { signal })
  expect(response.headers.get('content-type')).toBe('text/event-stream')
  let unread = ''
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    const events = (unread + chunk).split('\n\n')
    unread = events.pop()!
    for (const event of events) if (event.startsWith('data: ')) yield JSON.parse(event.slice('data: '.length))
  }
}

describe('the page of the runs', () => {
  test('says how to start a run where there is none', async () => {
    expect(await page('/')).toContain('npx idiolect run --input')
  })

  test('shows the newest run first, with its stages in the order of the pipeline', async () => {
    await createRun('older', { createdAt: 1 })
    await createRun('newer', { createdAt: 2 })
    const text = await page('/')
    expect(text.indexOf('run-newer')).toBeLessThan(text.indexOf('run-older'))
    const positions = stages.map((stage) => text.indexOf(`<span class="name">${stage}</span>`))
    expect(positions).toEqual(positions.toSorted((a, b) => a - b))
    expect(positions).not.toContain(-1)
  })

  test('lets nothing in that the fields of a run hold', async () => {
    const attack = '"><script>alert(1)</script>'
    await createRun('run', { out: attack })
    const text = await page('/')
    expect(text).toContain('&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;')
    expect(text).not.toContain(attack)
  })

  test('may load nothing from elsewhere and be framed by nobody', async () => {
    const response = await fetch(dashboard.url)
    const policy = response.headers.get('content-security-policy')!
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toMatch(/unsafe|https?:|\*/)
  })

  test('names its files by their content, so that browsers may keep them', async () => {
    const addresses = [...(await page('/')).matchAll(/"(\/pages\/[^"]+)"/g)].map(([, address]) => address!)
    expect(addresses).toHaveLength(3)
    for (const address of addresses) {
      const response = await fetch(dashboard.url + address)
      expect(response.status).toBe(200)
      expect(response.headers.get('cache-control')).toContain('immutable')
    }
  })
})

test('/api/runs tells what the run store and the queues hold', async () => {
  await createRun('run')
  for (const stage of stages) await advance('run', stage, 0, stage === 'generate' ? 2 : 0)
  await advance('run', 'embed', 16)
  await addBatch('run', 16, 'text')
  const { runs } = JSON.parse(await page('/api/runs')) as { runs: RunView[] }
  expect(runs).toHaveLength(1)
  expect(runs[0]).toMatchObject({ id: 'run', status: 'running', targets: 64, committed: 16, failed: 2 })
  expect(runs[0]).toMatchObject({ promptTokens: 7 * 700, completionTokens: 7 * 50 })
  const told = runs[0]!.stages.map(({ stage, records, batchesWaiting }) => [stage, records, batchesWaiting])
  expect(told).toEqual(stages.map((stage) => [stage, stage === 'embed' ? 32 : 16, stage === 'rank' ? 1 : 0]))
})

describe('/events', () => {
  test('delivers a change of a run', async () => {
    await createRun('run')
    const leave = new AbortController()
    const stream = messages(leave.signal)
    expect((await stream.next()).value).toMatchObject({ title: '0 % · Idiolect' })
    await advance('run', 'collect', 0)
    let changed = (await stream.next()).value!
    while (changed.title !== '25 % · Idiolect') changed = (await stream.next()).value!
    expect(changed.markup).toContain('<dd>16 <small>of 64</small></dd>')
    leave.abort()
  })

  test('costs Redis no more with twenty clients than with one', async () => {
    await createRun('run')
    const startedAt = performance.now()
    const leave = new AbortController()
    const streams = Array.from({ length: 20 }, () => messages(leave.signal))
    await Promise.all(streams.map((stream) => stream.next()))
    await advance('run', 'collect', 0)
    await Promise.all(streams.map((stream) => stream.next()))
    // One look at once, then one a second after the look before it.
    expect(looks).toBeLessThanOrEqual(1 + Math.floor((performance.now() - startedAt) / 1000))
    leave.abort()
  })
})

describe('the queues', () => {
  test('are shown by Bull Board, which asks for nothing from elsewhere', async () => {
    const text = await page('/queues/')
    expect(text).toContain('Idiolect queues')
    expect(text).not.toContain('https://')
    const script = /src="(static\/[^"]+\.js)"/.exec(text)![1]
    await page(`/queues/${script}`)
  })

  test('show how many records a batch holds and none of what people wrote', async () => {
    await addBatch('run', 0, 'Dear Ada')
    const answer = await page('/queues/api/queues?activeQueue=rank&status=waiting&page=1&jobsPerPage=10')
    expect(answer).not.toContain('Dear Ada')
    const rank = JSON.parse(answer).queues.find((queue: { name: string }) => queue.name === 'rank')
    expect(rank.jobs[0].data).toMatchObject({ records: 1, failures: { 'embed: invalid_record': 1 } })
    expect(await page('/queues/api/queues/rank/run-0-16')).not.toContain('Dear Ada')
  })

  test('cannot be changed', async () => {
    await addBatch('run', 0, 'text')
    const changes = [
      ['PUT', '/queues/api/queues/pause'],
      ['PUT', '/queues/api/queues/rank/empty'],
      ['PUT', '/queues/api/queues/rank/run-0-16/clean'],
      ['POST', '/queues/api/queues/rank/add'],
      ['PATCH', '/queues/api/queues/rank/run-0-16/update-data'],
      ['DELETE', '/api/runs'],
    ]
    for (const [method, path] of changes) {
      const response = await fetch(dashboard.url + path, { method: method! })
      expect(response.status, path).toBe(405)
    }
    expect(await queues.queue('rank').getJobCounts('wait', 'active')).toEqual({ wait: 1, active: 0 })
    expect(await queues.queue('rank').isPaused()).toBe(false)
  })
})

describe('the server', () => {
  test('answers /healthz', async () => {
    expect(JSON.parse(await page('/healthz'))).toEqual({ redis: 'answers' })
  })

  test('listens on loopback only', async () => {
    const started = startDashboard({ queues, host: '0.0.0.0', port: 0, log })
    await expect(started).rejects.toThrow(/0\.0\.0\.0.*token.*--host 127\.0\.0\.1/)
    await expect(started).rejects.toMatchObject({ code: 'config_invalid' })
  })

  test('names the port that is taken and the option to choose another', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, host, resolve))
    const { port } = other.address() as { port: number }
    const error = await startDashboard({ queues, host, port, log }).catch((thrown: unknown) => thrown)
    other.close()
    expect(error).toBeInstanceOf(IdiolectError)
    expect(error).toMatchObject({ code: 'port_taken', message: expect.stringMatching(`${port}.*--port`) })
  })

  test('closes while clients listen', async () => {
    await createRun('run')
    const stream = messages(new AbortController().signal)
    await stream.next()
    const ended = (async () => {
      for await (const _ of stream);
      return 'ended'
    })()
    await dashboard.close()
    expect(await ended).toBe('ended')
  })
})
