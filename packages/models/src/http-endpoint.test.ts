import { afterEach, expect, test } from 'vitest'
import { z } from 'zod'

import {
  cutBody,
  endlessBody,
  json,
  type Reaction,
  reset,
  type ScriptedServer,
  scriptedServer,
  silence,
  stalledBody,
  text,
} from './fixtures/scripted-server.ts'
import { type Endpoint, type EndpointLimits, openEndpoint } from './http-endpoint.ts'

const schema = z.object({ text: z.string() })
const good = json({ text: 'good' })
const quick: Partial<EndpointLimits> = { backoffMs: 1, maxBackoffMs: 2, maxTries: 2, requestTimeoutMs: 1000 }
const open: { close(): Promise<void> }[] = []

async function serve(...reactions: Reaction[]): Promise<{ server: ScriptedServer; endpoint: Endpoint }> {
  const server = await scriptedServer(...reactions)
  const endpoint = openEndpoint({ baseUrl: server.baseUrl, apiKey: 'secret', limits: quick })
  open.push(endpoint, server)
  return { server, endpoint }
}

const post = (endpoint: Endpoint, signal?: AbortSignal) => endpoint.post('/ask', { question: 1 }, { schema, signal })

afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
})

test('a good answer is returned, and the key goes along', async () => {
  const { server, endpoint } = await serve(good)
  expect(await post(endpoint)).toEqual({ text: 'good' })
  expect(server.requests).toMatchObject([
    { path: '/v1/ask', headers: { authorization: 'Bearer secret' }, body: { question: 1 } },
  ])
})

test.each<[string, Reaction]>([
  ['status 500', json({}, 500)],
  ['status 429', json({}, 429)],
  ['a reset connection', reset],
  ['a server that says nothing', silence],
  ['a body that stalls', stalledBody],
  ['a body that is cut off', cutBody],
  ['truncated JSON', text('{"text":"be')],
  ['another shape', json({ answer: 'good' })],
])('after %s it asks again', async (_name, bad) => {
  const { server, endpoint } = await serve(bad, good)
  expect(await post(endpoint)).toEqual({ text: 'good' })
  expect(server.requests).toHaveLength(2)
})

test.each<[string, Reaction, string]>([
  ['status 503', json({}, 503), 'endpoint_unavailable'],
  ['a reset connection', reset, 'endpoint_unavailable'],
  ['a server that says nothing', silence, 'endpoint_unavailable'],
  ['a body that stalls', stalledBody, 'endpoint_unavailable'],
  ['what is not JSON', text('<html>'), 'endpoint_garbage'],
  ['another shape', json({ text: 7 }), 'endpoint_garbage'],
])('it gives up after its tries at %s', async (_name, bad, code) => {
  const { server, endpoint } = await serve(bad)
  await expect(post(endpoint)).rejects.toMatchObject({ code, message: expect.stringContaining('/v1/ask (try 2)') })
  expect(server.requests).toHaveLength(2)
})

test('an endless body is cut', async () => {
  const server = await scriptedServer(endlessBody)
  const limits = { ...quick, maxTries: 1, maxResponseBytes: 100_000, requestTimeoutMs: 30_000 }
  const endpoint = openEndpoint({ baseUrl: server.baseUrl, limits })
  open.push(endpoint, server)
  await expect(post(endpoint)).rejects.toMatchObject({
    code: 'endpoint_garbage',
    message: expect.stringMatching(/too long/),
  })
})

test('a refusal is not tried again, and says no more than its code', async () => {
  const error = { message: 'The prompt "Dear Anna" is bad', code: 'model_not_found' }
  const { server, endpoint } = await serve(json({ error }, 404))
  const refused = await post(endpoint).catch((thrown: Error) => thrown)
  expect(refused).toMatchObject({ code: 'endpoint_rejected', message: expect.stringMatching(/404, model_not_found$/) })
  expect(server.requests).toHaveLength(1)
})

test('nobody at the address is endpoint_unavailable', async () => {
  const { server, endpoint } = await serve(good)
  await server.close()
  open.pop()
  await expect(post(endpoint)).rejects.toMatchObject({
    code: 'endpoint_unavailable',
    message: expect.stringContaining('ECONNREFUSED'),
  })
})

test('the wait that Retry-After asks for is kept', async () => {
  const { server, endpoint } = await serve(json({}, 429, { 'retry-after': '0.2' }), good)
  await post(endpoint)
  const [first, second] = server.requests
  // Timers may fire up to a millisecond early.
  expect(second!.receivedAt - first!.receivedAt).toBeGreaterThanOrEqual(199)
})

test('a wait beyond the total time is not begun', async () => {
  const { server, endpoint } = await serve(json({}, 429, { 'retry-after': '86400' }), good)
  await expect(post(endpoint)).rejects.toMatchObject({ code: 'endpoint_unavailable' })
  expect(server.requests).toHaveLength(1)
})

test.each<[string, Reaction]>([
  ['an answer', silence],
  ['a wait', json({}, 429, { 'retry-after': '500' })],
])('an abort ends %s at once', async (_name, reaction) => {
  const abort = new AbortController()
  const { endpoint } = await serve((response, request) => {
    reaction(response, request)
    setImmediate(() => abort.abort(new Error('enough')))
  })
  await expect(post(endpoint, abort.signal)).rejects.toThrow('enough')
})

test('one request that fails leaves the others alone', async () => {
  const server = await scriptedServer(json({}, 400), good)
  const endpoint = openEndpoint({
    baseUrl: server.baseUrl,
    limits: { ...quick, startConcurrency: 1, maxConcurrency: 1 },
  })
  open.push(endpoint, server)
  const settled = await Promise.allSettled([post(endpoint), post(endpoint), post(endpoint)])
  expect(settled.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled'])
})
