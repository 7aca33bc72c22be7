import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'

import { ApiError, http } from './http.ts'
import { ndjson } from './ndjson.ts'

let close: () => void = () => undefined

afterEach(() => close())

async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  close = () => server.close()
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

const problem = (response: ServerResponse, status: number, headers: Record<string, string> = {}) =>
  response
    .writeHead(status, { 'content-type': 'application/problem+json', ...headers })
    .end(JSON.stringify({ type: 'about:blank', title: 'x', status, code: 'usage', detail: 'why not' }))

describe('a request', () => {
  test('carries the token and what is asked for', async () => {
    const asked: unknown[] = []
    const url = await serve(({ headers, url: path }, response) => {
      asked.push(headers.authorization, path)
      response.end('{"yes":1}')
    })
    expect(await http({ url, token: 'secret' })('/runs', { query: { limit: 5, cursor: undefined } })).toEqual({
      yes: 1,
    })
    expect(asked).toEqual(['Bearer secret', '/api/v1/runs?limit=5'])
  })

  test('is made again while the server is busy', async () => {
    let times = 0
    const url = await serve((_request, response) => {
      times++
      if (times < 2) problem(response, 503, { 'retry-after': '0' })
      else response.end('{}')
    })
    expect(await http({ url })('/runs')).toEqual({})
    expect(times).toBe(2)
  })

  test('that would change something is made once', async () => {
    let times = 0
    const url = await serve((_request, response) => {
      times++
      problem(response, 503)
    })
    const error = await http({ url })('/runs', { method: 'POST', body: {} }).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(ApiError)
    expect(error).toMatchObject({ status: 503, code: 'usage', message: 'why not' })
    expect(times).toBe(1)
  })

  test('to something that is no dashboard fails with its status', async () => {
    const url = await serve((_request, response) => response.writeHead(404).end('<h1>nginx</h1>'))
    await expect(http({ url })('/runs')).rejects.toMatchObject({ status: 404, code: 'unknown' })
  })
})

test('values are taken only as far as their lines are', async () => {
  let taken = 0
  function* values() {
    for (; taken < 10_000; taken++) yield { text: 'x'.repeat(1_000) }
  }
  const lines = ndjson(values())
  await lines.next()
  expect(taken).toBeLessThan(100)
  let rest = 0
  for await (const chunk of lines) rest += Buffer.from(chunk).toString().split('\n').length - 1
  expect(taken).toBe(10_000)
  expect(rest).toBeGreaterThan(9_900)
})
