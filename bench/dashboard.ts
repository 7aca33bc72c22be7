/** What the dashboard costs with 200,000 batches waiting, some of 1 MB, and 200,000 rows in each of two folders. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { openBenchRedis } from './bench-redis.ts'
import { fillQueue, makeFinishedRun, makeRunUnderWay, someAuthor } from './dashboard-load.ts'
import { report } from './report.ts'

const size = Number(process.argv.find((argument) => /^\d+$/.test(argument)) ?? 200_000)
const largeJobs = 50
const visits = 40
const watchedSeconds = 30
// As the page of Bull Board asks.
const boardSeconds = 15

const { home, server, queues, redis } = await openBenchRedis()

const finished = await makeFinishedRun(queues, join(home, 'finished'), size)
const underWay = await makeRunUnderWay(queues, join(home, 'underway'), size)
await fillQueue(queues, { run: underWay, jobs: size, large: largeJobs, payloadBytes: 1_000_000 })

const [dashboard, url] = await startDashboard()
const board = '/queues/api/queues?activeQueue=rank&status=waiting&page=1&jobsPerPage=10'
const pages = [
  '/',
  `/runs/${underWay}`,
  `/runs/${finished}`,
  `/runs/${underWay}/failures`,
  `/runs/${finished}/failures`,
  `/runs/${underWay}/records`,
  `/runs/${finished}/records`,
  `/runs/${finished}/records?user=${someAuthor}`,
  `/runs/${underWay}/records?user=${someAuthor}`,
  '/queues/',
  board,
  '/queues/api/queues/rank/1',
  '/api/v1/runs',
  `/api/v1/runs/${finished}/results?limit=100`,
  `/api/v1/runs/${underWay}/results?limit=100`,
  `/api/v1/runs/${finished}/failure-groups`,
  '/metrics',
]
for (const page of pages) {
  const first = await timeOf(page)
  const times: number[] = []
  const cost = await redisShare(async () => {
    for (let visit = 0; visit < visits; visit++) times.push(await timeOf(page))
  })
  times.sort((a, b) => a - b)
  report(page, [
    { figure: 'first', value: first, unit: 'ms' },
    { figure: 'median', value: times[Math.floor(visits / 2)]!, unit: 'ms' },
    { figure: 'p95', value: times[Math.floor(visits * 0.95)]!, unit: 'ms' },
    { figure: 'Redis busy a visit', value: cost.busyMs / visits, unit: 'ms' },
  ])
}
for (const tabs of [0, 1, 20]) {
  const { share, commands } = await redisShare(() => keepOpen(tabs))
  report(`${tabs} tabs of each page open`, [
    { figure: 'Redis busy', value: share * 100, unit: '%' },
    { figure: 'commands a second', value: commands / watchedSeconds },
  ])
}

dashboard.kill('SIGTERM')
await once(dashboard, 'exit')
redis.disconnect()
await queues.close()
await server.close()
await rm(home, { recursive: true, force: true })

async function startDashboard(): Promise<[ChildProcess, string]> {
  const env = { ...process.env, REDIS_URL: server.url, IDIOLECT_DASHBOARD_PORT: '0' }
  const args = ['--import', 'tsx', 'services/dashboard/src/main.ts']
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'ignore', 'pipe'] })
  for await (const text of child.stderr) {
    const found = /http:\/\/\S+?(?=,)/.exec(String(text))
    if (found !== null) return [child, found[0]]
  }
  throw new Error('the dashboard has ended')
}

async function timeOf(page: string): Promise<number> {
  const startedAt = performance.now()
  const response = await fetch(url + page)
  await response.arrayBuffer()
  if (!response.ok) throw new Error(`${page}: ${response.status}`)
  return performance.now() - startedAt
}

/** Live pages and the queues as browsers keep them open. */
async function keepOpen(tabs: number): Promise<void> {
  const leave = new AbortController()
  const { signal } = leave
  const open: Promise<unknown>[] = []
  for (let tab = 0; tab < tabs; tab++) {
    for (const page of ['/', `/runs/${underWay}`]) {
      open.push(fetch(`${url}/events?page=${page}`, { signal }).then((response) => response.arrayBuffer()))
    }
    open.push(pollBoard(signal))
  }
  await sleep(watchedSeconds * 1000)
  leave.abort()
  await Promise.allSettled(open)
}

async function pollBoard(signal: AbortSignal): Promise<void> {
  // Tabs are not opened at the same moment.
  await sleep(Math.random() * boardSeconds * 1000, undefined, { signal })
  while (!signal.aborted) {
    await timeOf(board)
    await sleep(boardSeconds * 1000, undefined, { signal })
  }
}

async function redisShare(during: () => Promise<void>): Promise<{ share: number; busyMs: number; commands: number }> {
  await redis.config('RESETSTAT')
  const startedAt = performance.now()
  await during()
  const wallMs = performance.now() - startedAt
  const stats = await redis.info('commandstats')
  let [busyMs, commands] = [0, 0]
  for (const [, name, calls, usec] of stats.matchAll(/cmdstat_(\S+?):calls=(\d+),usec=(\d+)/g)) {
    if (name!.startsWith('config')) continue
    busyMs += Number(usec) / 1000
    commands += Number(calls)
  }
  return { share: busyMs / wallMs, busyMs, commands }
}
