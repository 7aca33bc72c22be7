import { parseConfig } from '@idiolect/contracts/config'
import { type Stage, stages } from '@idiolect/contracts/stages'
import { openQueues, type Queues } from '@idiolect/runtime/queues'
import { redisAddress } from '@idiolect/runtime/redis-address'
import type { Run } from '@idiolect/runtime/run-store'
import { pino } from 'pino'
import { afterEach, beforeEach, inject } from 'vitest'

import { type Dashboard, type DashboardOptions, startDashboard } from './server.ts'

type Options = Partial<Omit<DashboardOptions, 'queues' | 'log'>>

export type DashboardForTests = {
  readonly queues: Queues
  /** What the dashboards of the test have logged. */
  readonly logged: string
  /** A dashboard of its own, closed after the test. */
  start(options?: Options & { queues?: Queues }): Promise<Dashboard>
  createRun(id: string, fields?: Partial<Run>): Promise<void>
  /** Counts a batch of 16 of the run as done by the stage. */
  advance(id: string, stage: Stage, first: number, failed?: number): Promise<boolean>
  /** Puts a batch of 16 on the queue of Rank, with `text` in its only record. */
  addBatch(run: string, first: number, text: string): Promise<void>
}

let prefixes = 0

/** Around each test: the queues of a prefix of its own on the tests' Redis. */
export function dashboardForTests(): DashboardForTests {
  let queues: Queues
  let env: NodeJS.ProcessEnv
  let logged = ''
  const started: Dashboard[] = []
  const log = pino({ level: 'debug' }, { write: (line: string) => (logged += line) })

  beforeEach(async () => {
    const url = new URL(inject('redisUrl'))
    url.searchParams.set('prefix', `dashboard-${process.pid}-${Date.now()}-${prefixes++}`)
    queues = await openQueues(redisAddress(url.href))
    env = { ...process.env, REDIS_URL: url.href }
    logged = ''
  })
  afterEach(async () => {
    for (const dashboard of started.splice(0)) await dashboard.close()
    await queues.close()
  })

  return {
    get queues() {
      return queues
    },
    get logged() {
      return logged
    },
    async start(options = {}) {
      const dashboard = await startDashboard({ host: '127.0.0.1', port: 0, queues, log, env, ...options })
      started.push(dashboard)
      return dashboard
    },
    createRun(id, fields = {}) {
      const config = parseConfig({})
      const run: Run = {
        id,
        config,
        out: '/out',
        targets: 64,
        createdAt: 0,
        attended: false,
        status: 'running',
        paused: false,
        ...fields,
      }
      return queues.store.create(run, { frequencies: Buffer.alloc(0), selectors: {} })
    },
    advance(id, stage, first, failed = 0) {
      const step = { stage, first, records: 16, failed, busyMs: 1, promptTokens: 700, completionTokens: 50 }
      return queues.store.advance(id, step)
    },
    addBatch(run, first, text) {
      const failures = [
        { ordinal: first, id: 'x', stage: stages[0], code: 'invalid_record', message: text, attempts: 1 },
      ]
      return queues.add('rank', { run, first, count: 16, round: 0, records: [{ text }], failures, models: {} })
    },
  }
}

/** A client with a browser's habits: it keeps cookies, and says which page a form stands on. */
export function browser(url: string) {
  const cookies = new Map<string, string>()
  const { origin } = new URL(url)

  const send = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const headers = { accept: 'text/html', cookie, 'sec-fetch-site': 'same-origin', ...(init.headers as object) }
    const response = await fetch(url + path, { redirect: 'manual', ...init, headers })
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (value === '') cookies.delete(name)
      else cookies.set(name, value)
    }
    return response
  }
  return {
    cookies,
    get: send,
    post: (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
      send(path, { method: 'POST', body: new URLSearchParams(fields), headers: { origin, ...headers } }),
    /** The hidden field of a page's forms. */
    async csrf(path: string): Promise<string> {
      const page = await (await send(path)).text()
      return /name="csrf"[^>]* (?:value|content)="([^"]+)"/.exec(page)?.[1] ?? 'none'
    },
  }
}
