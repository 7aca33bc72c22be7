import { request } from 'node:http'
import { describe, expect, test } from 'vitest'

import { browser, dashboardForTests } from '../dashboard-for-tests.ts'

const around = dashboardForTests()

/** fetch lets nobody choose the Host header. */
function statusUnder(url: string, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(url, { headers: { host } }, (response) => resolve(response.resume().statusCode))
      .on('error', reject)
      .end()
  })
}

test('a page that reaches this server under a foreign name gets nothing, unless it has a token to show', async () => {
  const { url } = await around.start()
  expect(await statusUnder(url, 'evil.example:8080')).toBe(421)
  expect(await statusUnder(url, 'localhost:9999')).toBe(200)
  const behindProxy = await around.start({ token: 'correct horse battery' })
  expect(await statusUnder(`${behindProxy.url}/healthz`, 'idiolect.example')).toBe(200)
})

test('pages may load nothing from elsewhere, send nothing elsewhere, and be framed by nobody', async () => {
  const { url } = await around.start()
  for (const path of ['/', '/api/v1/runs', '/healthz', '/nothing']) {
    const { headers } = await fetch(url + path)
    const policy = headers.get('content-security-policy')!
    for (const part of ["default-src 'none'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"]) {
      expect(policy, path).toContain(part)
    }
    expect(policy, path).not.toMatch(/unsafe|https?:|\*/)
    expect(headers.get('x-content-type-options'), path).toBe('nosniff')
  }
})

describe('a change', () => {
  test('is refused without the token of our pages, with a foreign one, and from a page of another server', async () => {
    const { url } = await around.start()
    await around.createRun('run')
    const { post, csrf } = browser(url)
    const field = await csrf('/runs/run')
    const foreign = await browser(url).csrf('/runs/run')
    const isPaused = async () => (await around.queues.store.get('run')).paused
    const refusals = [
      await post('/runs/run/pause', {}),
      await post('/runs/run/pause', { csrf: foreign }),
      await post('/runs/run/pause', { csrf: field }, { origin: 'https://evil.example' }),
      await post('/runs/run/pause', { csrf: field }, { origin: 'null' }),
      await post('/runs/run/pause', { csrf: field }, { 'sec-fetch-site': 'cross-site' }),
      await post('/runs/run/pause', { csrf: field }, { 'sec-fetch-site': 'same-site' }),
      await fetch(`${url}/runs/run/pause`, { method: 'POST' }),
      await fetch(`${url}/api/v1/runs/run/pause`, { method: 'POST', headers: { origin: 'http://127.0.0.1:1' } }),
      await post('/api/v1/runs/run/pause', {}),
    ]
    expect(refusals.map(({ status }) => status)).toEqual(refusals.map(() => 403))
    expect(await isPaused()).toBe(false)
    expect((await post('/runs/run/pause', { csrf: field })).status).toBe(303)
    expect(await isPaused()).toBe(true)
  })

  test('by a program needs no more than being sent from this machine', async () => {
    const { url } = await around.start()
    await around.createRun('run')
    expect((await fetch(`${url}/api/v1/runs/run/pause`, { method: 'POST' })).status).toBe(204)
  })

  test('by a program with a session needs the token of our pages in a header', async () => {
    const token = 'correct horse battery'
    const { url } = await around.start({ token })
    await around.createRun('run')
    const { post, get, csrf } = browser(url)
    const field = await csrf('/login')
    await post('/login', { csrf: field, token })
    const send = async (headers: Record<string, string>) =>
      (await get('/api/v1/runs/run/pause', { method: 'POST', headers })).status
    expect([await send({}), await send({ 'x-csrf-token': field })]).toEqual([403, 204])
  })

  test('is made by nobody where the dashboard is read-only', async () => {
    const { url } = await around.start({ readOnly: true, queueActions: true, outputs: '/nowhere' })
    await around.createRun('run')
    const paths = ['pause', 'resume', 'cancel', 'retry'].flatMap((each) => [
      `/runs/run/${each}`,
      `/api/v1/runs/run/${each}`,
    ])
    for (const path of [...paths, '/api/v1/runs', '/api/v1/uploads', '/queues/api/queues/rank/pause']) {
      const { post, cookies, get } = browser(url)
      await get('/')
      expect((await post(path, {})).status, path).toBe(405)
      expect((await fetch(url + path, { method: 'PUT' })).status, path).toBe(405)
      expect(cookies.has('XSRF-TOKEN')).toBe(false)
    }
    expect(await around.queues.store.get('run')).toMatchObject({ status: 'running', paused: false })
  })
})

test('who asks too often is told to wait, and twenty tabs do not', async () => {
  const { url } = await around.start()
  const statuses = new Set<number>()
  // A page, its files and its news, twenty times over, and as much again.
  for (let request = 0; request < 240; request++) statuses.add((await fetch(`${url}/pages/icon.svg`)).status)
  expect([...statuses]).toEqual([200])
  let status = 200
  for (let request = 0; request < 3_000 && status !== 429; request++)
    status = (await fetch(`${url}/pages/icon.svg`)).status
  expect(status).toBe(429)
})
