import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'

import { parseConfig } from '@idiolect/contracts/config'
import { stages } from '@idiolect/contracts/stages'
import { openQueues, type Queues } from '@idiolect/runtime/queues'
import { redisAddress } from '@idiolect/runtime/redis-address'
import { afterEach, beforeEach, expect, inject, test, vi } from 'vitest'

import { type ObservedWorker, startObservedWorker } from './observed-worker.ts'
import { prefixedUrl } from './prefixed.ts'

type Span = {
  traceId: string
  spanId: string
  parentSpanId?: string
  name: string
  attributes: unknown
  events: unknown
}

const stageFile = fileURLToPath(new URL('held-stage.ts', import.meta.url))

let queues: Queues
let redisUrl: string
let workers: ObservedWorker[]

beforeEach(async () => {
  redisUrl = prefixedUrl(inject('redisUrl'))
  queues = await openQueues(redisAddress(redisUrl))
  workers = []
  await queues.store.create(
    {
      id: 'r',
      config: parseConfig({}),
      out: '/out',
      targets: 2,
      createdAt: 0,
      attended: false,
      status: 'running',
      paused: false,
    },
    { frequencies: Buffer.alloc(0), selectors: {} },
  )
})

afterEach(async () => {
  await Promise.all(workers.map((worker) => worker.close()))
  await queues.clear('r')
  await queues.store.remove('r', stages)
  await queues.close()
})

/** A collector of traces that keeps what it is sent. */
async function startCollector() {
  const bodies: string[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    bodies.push(body)
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    bodies,
    spans: () =>
      bodies.flatMap((body) =>
        (JSON.parse(body) as { resourceSpans: { scopeSpans: { spans: Span[] }[] }[] }).resourceSpans.flatMap(
          ({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans),
        ),
      ),
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}

// Writes each module of OpenTelemetry that is asked for to the standard error.
const hooks = `
import { writeSync } from 'node:fs'
export async function resolve(specifier, context, next) {
  const found = await next(specifier, context)
  if (/opentelemetry|bullmq-otel/.test(found.url)) writeSync(2, 'asked for ' + found.url + '\\n')
  return found
}`
const inlined = (code: string) => `data:text/javascript,${encodeURIComponent(code)}`
const register = inlined(`import { register } from 'node:module'; register(${JSON.stringify(inlined(hooks))})`)

const start = async (stage: string, env: Record<string, string>) => {
  const settings = {
    REDIS_URL: redisUrl,
    STAGE: stage,
    LOG_LEVEL: 'info',
    NODE_OPTIONS: `--import=${register}`,
    ...env,
  }
  workers.push(await startObservedWorker(stageFile, settings))
}

const put = async (fields: object) => {
  const records = [0, 1].map((ordinal) => ({ ordinal, id: `id-${ordinal}`, ...fields }))
  await queues.add('rank', { run: 'r', first: 0, count: 2, round: 0, records, failures: [], models: {} })
  const { wait } = await vi.waitFor(
    async () => {
      const counts = await queues.queue('synthesize').getJobCounts('wait')
      expect(counts.wait).toBe(1)
      return counts
    },
    { timeout: 30_000, interval: 100 },
  )
  expect(wait).toBe(1)
}

test('where a collector is named, a batch is one trace over its stages, and what people wrote is not in it', async () => {
  const collector = await startCollector()
  const env = {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_TRACES_SAMPLER_ARG: '1',
    OTEL_BSP_SCHEDULE_DELAY: '100',
  }
  await start('rank', env)
  await start('summarize', env)
  await put({ text: 'Dear Aunt Petunia', fault: 'cannot read Dear Aunt Petunia' })
  await Promise.all(workers.splice(0).map((worker) => worker.close()))

  const traceOf = (name: string) =>
    new Set(collector.spans().flatMap((span) => (span.name === name ? span.traceId : [])))
  const [trace, ...others] = traceOf('process summarize')
  expect(others).toEqual([])
  expect([...traceOf('add summarize.batch')]).toEqual([trace])
  // The attempt that threw had nothing before it either, so it has a trace of its own.
  expect([...traceOf('process rank')]).toContain(trace)
  expect([...traceOf('process rank')]).toHaveLength(2)
  // The attempt that threw is told of, but not what it threw.
  expect(collector.bodies.join('\n')).toContain('unexpected Error')
  expect(collector.bodies.join('\n')).not.toMatch(/Petunia|id-[01]/)
  await collector.close()
})

test('without a collector nothing of OpenTelemetry is loaded', async () => {
  await start('rank', {})
  await start('summarize', {})
  await put({})
  for (const worker of workers) expect(worker.said()).not.toContain('asked for')
  await start('rank', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' })
  expect(workers.at(-1)!.said()).toContain('asked for')
})
