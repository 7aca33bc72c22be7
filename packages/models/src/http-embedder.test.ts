import { afterEach, expect, test } from 'vitest'

import { json, type Reaction, type ScriptedServer, scriptedServer } from './fixtures/scripted-server.ts'
import { openAiEmbedder, teiEmbedder } from './http-embedder.ts'

const limits = { backoffMs: 1, maxBackoffMs: 2, maxTries: 2 }
const open: { close(): Promise<void> }[] = []

async function serve(...reactions: Reaction[]): Promise<ScriptedServer> {
  const server = await scriptedServer(...reactions)
  open.push(server)
  return server
}

async function tei(...reactions: Reaction[]) {
  const server = await serve(...reactions)
  const embedder = await teiEmbedder({ baseUrl: server.baseUrl, limits })
  open.unshift(embedder)
  return { server, embedder }
}

const probe = json([[2, 0]])

afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
})

test('TEI is asked on /embed, and its rows are unit vectors', async () => {
  const { server, embedder } = await tei(
    probe,
    json([
      [3, 4],
      [0, -7],
    ]),
  )
  expect(embedder.dimensions).toBe(2)
  expect(await embedder.embed(['a', 'b'])).toEqual([Float32Array.of(0.6, 0.8), Float32Array.of(0, -1)])
  expect(server.requests[1]).toMatchObject({ path: '/v1/embed', body: { inputs: ['a', 'b'], truncate: true } })
})

test('the rows of an OpenAI answer are put in the order of their index', async () => {
  const server = await serve(
    json({ data: [{ index: 0, embedding: [1, 0] }] }),
    json({
      data: [
        { index: 1, embedding: [0, 5] },
        { index: 0, embedding: [5, 0] },
      ],
    }),
  )
  const embedder = await openAiEmbedder({ baseUrl: server.baseUrl, model: 'small', limits })
  open.unshift(embedder)
  expect(await embedder.embed(['', 'x'.repeat(9000)])).toEqual([Float32Array.of(1, 0), Float32Array.of(0, 1)])
  expect(server.requests[1]).toMatchObject({ body: { model: 'small', input: [' ', 'x'.repeat(8000)] } })
})

test('many texts go in several requests and come back in their order', async () => {
  const { server, embedder } = await tei(probe, (response) => {
    const { inputs } = server.requests.at(-1)!.body as { inputs: string[] }
    response.end(JSON.stringify(inputs.map((input) => [1, Number(input)])))
  })
  const vectors = await embedder.embed(Array.from({ length: 100 }, (_, i) => String(i)))
  expect(server.requests).toHaveLength(1 + 4)
  // float32 of the ratio of the two numbers
  for (const [i, vector] of vectors.entries()) expect(vector[1]! / vector[0]!).toBeCloseTo(i, 3)
})

test.each<[string, Reaction]>([
  ['too few rows', json([])],
  ['rows of another length', json([[1, 2, 3]])],
  ['a row without direction', json([[0, 0]])],
  ['a row with a number that is none', json([[null, 1]])],
  ['a row beyond all numbers', (response) => response.end('[[1e999, 1]]')],
])('%s are garbage', async (_name, reaction) => {
  const { server, embedder } = await tei(probe, reaction)
  await expect(embedder.embed(['a'])).rejects.toMatchObject({ code: 'endpoint_garbage' })
  expect(server.requests).toHaveLength(1 + limits.maxTries)
})

test('a server that cannot be asked is reported when it is opened', async () => {
  const server = await serve(json({}, 401))
  await expect(teiEmbedder({ baseUrl: server.baseUrl, limits })).rejects.toMatchObject({ code: 'endpoint_rejected' })
})
