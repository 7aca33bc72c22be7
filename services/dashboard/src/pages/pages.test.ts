import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { stages } from '@idiolect/contracts/stages'
import type { Queues } from '@idiolect/runtime/queues'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'

import { browser, dashboardForTests } from '../dashboard-for-tests.ts'
import { makeUpRun, makeUpWorker } from '../run-for-tests.ts'
import type { Dashboard } from '../server.ts'

let dir: string
let queues: Queues
let dashboard: Dashboard
const around = dashboardForTests()

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'idiolect-pages-'))
})
afterAll(() => rm(dir, { recursive: true, force: true }))

beforeEach(async () => {
  queues = around.queues
  dashboard = await around.start()
})

async function page(path: string, status = 200): Promise<string> {
  const response = await fetch(dashboard.url + path)
  expect(response.status, path).toBe(status)
  const text = await response.text()
  // As a browser does where a page is not ready yet.
  return text.includes('http-equiv="refresh"') ? page(path, status) : text
}

const make = (id: string, options: Partial<Parameters<typeof makeUpRun>[1]> = {}) =>
  makeUpRun(queues, { id, out: join(dir, randomUUID()), ...options })

describe('the page of the runs', () => {
  test('says how to start a run where there is none', async () => {
    expect(await page('/')).toContain('npx idiolect run --input')
  })

  test('has a card for what is under way and a line for what has ended, newest first', async () => {
    await around.createRun('older', { createdAt: 1 })
    await around.createRun('newer', { createdAt: 2 })
    await around.createRun('ended', { createdAt: 3, status: 'cancelled' })
    const text = await page('/')
    const places = ['<article', '/runs/newer', '/runs/older', '<table', '/runs/ended'].map((part) => text.indexOf(part))
    expect(places).toEqual(places.toSorted((a, b) => a - b))
    expect(places[0]).toBeGreaterThan(0)
  })

  test('stays small with fifty runs', async () => {
    for (let index = 0; index < 60; index++) {
      await around.createRun(`run-${index}`, { createdAt: index, status: index < 55 ? 'finished' : 'running' })
    }
    const text = await page('/')
    expect(text.match(/<article/g)).toHaveLength(5)
    expect(text.match(/<tr id=/g)).toHaveLength(45)
    expect(text.length).toBeLessThan(50_000)
    // An older one has its page all the same, which nothing happens on any more.
    expect(await page('/runs/run-0')).not.toContain('data-live')
  })

  test('lets nothing in that the fields of a run hold', async () => {
    const attack = '"><script>alert(1)</script>'
    await around.createRun('run', { out: attack })
    const text = await page('/')
    expect(text).toContain('&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;')
    expect(text).not.toContain(attack)
  })

  test('names its files by their content, so that browsers may keep them', async () => {
    await around.createRun('run')
    const addresses = [...(await page('/runs/run')).matchAll(/"(\/pages\/[^"]+)"/g)].map(([, address]) => address!)
    expect(addresses.length).toBeGreaterThan(5)
    for (const address of addresses) {
      const response = await fetch(dashboard.url + address)
      expect(response.status).toBe(200)
      expect(response.headers.get('cache-control')).toContain('immutable')
    }
  })
})

describe('the page of a run', () => {
  test('draws the stages in their order, with what waits, who works on it and where', async () => {
    await make('live', { finished: false })
    await makeUpWorker(queues, 'generate', 'host-a')
    await makeUpWorker(queues, 'generate', 'host-b')
    const text = await page('/runs/live')
    const places = stages.map((stage) => text.indexOf(`id="stage-${stage}"`))
    expect(places).toEqual(places.toSorted((a, b) => a - b))
    expect(places[0]).toBeGreaterThan(0)
    const generate = text.slice(places[4], places[5])
    expect(generate).toContain('2 records')
    expect(generate).toContain('<small>of work</small>')
    expect(generate).toContain('on host-a, host-b')
    expect(generate).toMatch(/Batch p95<\/dt><dd>\d+ ms/)
  })

  test('warns of a stage where something waits and nobody works', async () => {
    await make('live', { finished: false })
    expect(await page('/runs/live')).toContain('No worker of generate is alive')
    expect(await page('/')).toContain('No worker of generate is alive')
    await makeUpWorker(queues, 'generate')
    // The pages are as of the last look, which may be a second ago.
    await vi.waitFor(async () => expect((await page('/runs/live')).includes('No worker of')).toBe(false), {
      timeout: 5_000,
    })
  })

  test('offers what can be done with the run as it is', async () => {
    const offered = async (id: string) =>
      [...(await page(`/runs/${id}`)).matchAll(/action="\/runs\/[^/"]+\/(\w+)"/g)].map(([, action]) => action)
    await make('live', { finished: false })
    expect(await offered('live')).toEqual(['pause', 'cancel'])
    await queues.store.setPaused('live', true)
    expect(await offered('live')).toEqual(['resume', 'cancel'])
    await make('ended')
    expect(await offered('ended')).toEqual(['retry'])
  })

  test('has no forms in a dashboard that is to be looked at only, nor has what comes later', async () => {
    dashboard = await around.start({ readOnly: true })
    await make('live', { finished: false })
    for (const path of ['/', '/runs/live', '/runs/live/failures'])
      expect(await page(path), path).not.toContain('<form method="post"')
    const leave = new AbortController()
    const response = await fetch(`${dashboard.url}/events?page=/runs/live`, { signal: leave.signal })
    const { value } = await response.body!.getReader().read()
    expect(new TextDecoder().decode(value)).not.toContain('form')
    leave.abort()
  })

  test('shows the configuration without the password of a model server', async () => {
    await make('live', { finished: false })
    const { config } = await queues.store.get('live')
    const model = 'openai:http://user:secret@localhost/v1#writer'
    const secret = { ...config, generate: { ...config.generate, model } }
    await make('secret', { run: { config: secret } })
    const text = await page('/runs/secret')
    expect(text).toContain('http://localhost/v1#writer')
    expect(text).not.toContain('user:secret')
  })

  test('says so where there is no such run', async () => {
    expect(await page('/runs/nothing', 404)).toContain('Redis knows no run nothing')
    expect(await page('/runs/nothing/failures', 404)).toContain('no run')
    expect(await page('/runs/nothing/records', 404)).toContain('no run')
    await page('/events?page=/runs/nothing', 404)
    await page('/events?page=/elsewhere', 404)
  })
})

test('a Redis that has gone silent is told as such, and no page waits for it', async () => {
  await make('ended')
  const find = () => new Promise<never>(() => undefined)
  dashboard = await around.start({ queues: { ...queues, store: { ...queues.store, find } } })
  const paths = ['/runs/ended', '/runs/ended/failures', '/runs/ended/records']
  for (const text of await Promise.all(paths.map((path) => page(path, 503))))
    expect(text).toContain('Redis does not answer')
})

test('who has logged in can log out on every page; who needs not has no such button', async () => {
  const token = 'a token that is long enough for anybody'
  dashboard = await around.start({ token })
  await make('ended')
  const visitor = browser(dashboard.url)
  const csrf = await visitor.csrf('/login')
  await visitor.post('/login', { csrf, token, next: '/' })
  for (const path of ['/', '/runs/ended', '/runs/ended/failures', '/runs/ended/records']) {
    expect(await (await visitor.get(path)).text(), path).toContain('action="/logout"')
  }
  dashboard = await around.start()
  expect(await page('/')).not.toContain('/logout')
})

describe('the page of the failures', () => {
  test('puts them in groups, says what a code means, and offers to try all, a group or one again', async () => {
    await make('ended')
    const groups = await page('/runs/ended/failures')
    expect(groups).toContain('2 × <code>endpoint_rejected</code>')
    expect(groups).toContain('The model server refused the request')
    expect(groups.match(/action="\/runs\/ended\/retry"/g)).toHaveLength(2)
    expect(groups).toContain('name="message" value="the server answered 400"')
    const address = /href="(\/runs\/ended\/failures\?[^"]+)"/.exec(groups)![1]!.replaceAll('&amp;', '&')
    const group = await page(address)
    expect([...group.matchAll(/name="id" value="([^"]+)"/g)].map(([, id]) => id)).toEqual(['letter-a', 'letter-b'])
  })

  test('has a token of the visitor in each of its forms', async () => {
    await make('ended')
    const text = await page('/runs/ended/failures')
    const tokens = [...text.matchAll(/name="csrf" value="([^"]*)"/g)].map(([, token]) => token)
    expect(tokens.length).toBeGreaterThan(0)
    for (const token of tokens) expect(token!.length).toBeGreaterThan(20)
  })

  test('lets nothing be tried again while the run goes on', async () => {
    await make('live', { finished: false })
    const text = await page('/runs/live/failures')
    expect(text).toContain('Nothing has failed so far')
    expect(text).not.toContain('retry')
  })
})

describe('the page of the records', () => {
  test('shows from what a text was made, and why, and puts it beside the true one', async () => {
    await make('ended')
    const text = await page('/runs/ended/records')
    expect(text).toContain('Documents by BM25 (k1 1.2, b 0.75)')
    expect(text).toContain('<strong>1.250</strong>')
    expect(text).toContain('shares sails, mended, noon')
    expect(text).toContain('<span class="given">The sails were mended by noon.</span>')
    expect(text).toContain('And then The <mark>sails</mark> were mended by <mark>noon</mark>.')
    expect(text).toContain('So The <mark>sails</mark>')
    expect(text).toContain('Finish this: The sails were mended by noon.')
    expect(text.match(/<article/g)).toHaveLength(2)
  })

  test('finds an author by the exact name', async () => {
    await make('ended')
    expect(await page('/runs/ended/records?user=ada')).toContain('>ada</h2>')
    expect(await page('/runs/ended/records?user=Ada')).toContain('There is no author <code>Ada</code>')
  })

  test('shows what a run under way has committed so far', async () => {
    await make('live', { finished: false })
    const text = await page('/runs/live/records')
    expect(text).toContain('this is what it has committed so far')
    expect(text.match(/<article/g)).toHaveLength(2)
  })

  test('says so where the folder is out of reach', async () => {
    await make('away', { finished: false, run: { out: join(dir, 'elsewhere') } })
    expect(await page('/runs/away/records')).toContain('cannot be read from here')
    expect(await page('/runs/away/failures')).toContain('cannot be read from here')
  })

  test('takes any address that somebody may have typed', async () => {
    await make('ended')
    for (const query of ['set=nothing', 'at=nothing', 'at=../../etc/passwd@0', 'user=a&user=b', 'user=%00']) {
      await page(`/runs/ended/records?${query}`)
    }
    for (const query of ['code=x&at=nothing', 'code=a&code=b', 'message=x']) await page(`/runs/ended/failures?${query}`)
  })
})

describe('the live pages', () => {
  /** The next message of a kind that fulfils the condition. */
  async function message<T>(path: string, kind: string, isWanted: (data: T) => boolean): Promise<T> {
    const leave = new AbortController()
    const response = await fetch(`${dashboard.url}/events?page=${encodeURIComponent(path)}`, { signal: leave.signal })
    let unread = ''
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      const events = (unread + chunk).split('\n\n')
      unread = events.pop()!
      for (const event of events) {
        if (!event.startsWith(`event: ${kind}\ndata: `)) continue
        const data = JSON.parse(event.slice(`event: ${kind}\ndata: `.length)) as T
        if (!isWanted(data)) continue
        leave.abort()
        return data
      }
    }
    throw new Error('the stream has ended')
  }

  test('tell the change of a run to its own page, and no token of anybody', async () => {
    await make('live', { finished: false })
    const paused = message<{ title: string; markup: string }>('/runs/live', 'page', ({ markup }) =>
      markup.includes('/runs/live/resume'),
    )
    await queues.store.setPaused('live', true)
    expect((await paused).title).toBe('50 % · live')
    for (const [, token] of (await paused).markup.matchAll(/name="csrf" value="([^"]*)"/g)) expect(token).toBe('')
  })

  test('bring the curves of the last hour', async () => {
    await make('live', { finished: false })
    await makeUpWorker(queues, 'embed')
    const { seconds, records } = await message<{ seconds: number[]; records: Record<string, number[]> }>(
      '/runs/live',
      'charts',
      () => true,
    )
    expect(seconds).toHaveLength(6)
    expect(records.embed).toEqual(Array.from({ length: 6 }, () => 2))
  })
})
