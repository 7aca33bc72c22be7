/**
 * What Redis and each process hold while runs of more and more targets go through the real services: read, ranked with BM25,
 * summarized, its words chosen, and ended with the prompt, so that no model takes part.
 * `node --import tsx bench/flat-memory.ts [10000 100000 …] [--svg FILE] [--json]`; a million take an hour on two cores and 8 GB of disk.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

import { stages } from '@idiolect/contracts/stages'
import { openLocalRedis } from '@idiolect/local-redis/local-redis'
import { redisAddress } from '@idiolect/runtime/redis-address'
import { Redis } from 'ioredis'

import { writeCorpus } from './made-up-corpus.ts'
import { type MemoryPanel, memoryChart } from './memory-chart.ts'
import { type Figure, report } from './report.ts'

const given = process.argv.filter((argument) => /^\d+$/.test(argument)).map(Number)
const sizes = given.length > 0 ? given : [10_000, 100_000]

const sampleMs = 2_000
const root = fileURLToPath(new URL('..', import.meta.url))
const settings = ['rank.strategy=RankDocBM25', 'generate.model=none', 'targets.select=all']

/** MB at each moment, by what holds them. */
type Samples = Map<string, number[]>

async function sample(samples: Samples, redis: Redis, processes: ReadonlyMap<string, ChildProcess>): Promise<void> {
  const add = (name: string, bytes: number) => {
    if (!samples.has(name)) samples.set(name, [])
    samples.get(name)!.push(bytes / 1e6)
  }
  add('Redis', Number(/used_memory:(\d+)/.exec(await redis.info('memory'))?.[1]))
  const running = [...processes].filter(([, { exitCode }]) => exitCode === null)
  const pids = running.map(([, { pid }]) => pid)
  // Fails where a process has just ended.
  const listed = await promisify(execFile)('ps', ['-o', 'pid=,rss=', '-p', pids.join(',')]).catch(() => ({
    stdout: '',
  }))
  for (const [, pid, kilobytes] of listed.stdout.matchAll(/(\d+)\s+(\d+)/g)) {
    const [name] = running.find(([, child]) => child.pid === Number(pid))!
    add(name, Number(kilobytes) * 1024)
  }
}

function start(args: string[], redisUrl: string): ChildProcess {
  return spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, REDIS_URL: redisUrl, LOG_LEVEL: 'error' },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
}

async function measure(folder: string, targets: number): Promise<{ samples: Samples; done: number; seconds: number }> {
  const [documents, out] = [join(folder, 'documents.jsonl'), join(folder, 'out')]
  await writeCorpus(documents, targets)
  const path = process.env.PATH === undefined ? {} : { path: process.env.PATH }
  const server = await openLocalRedis({ home: join(folder, 'home'), log: console, ...path })
  const redis = new Redis(redisAddress(server.url).options)
  const processes = new Map(
    stages.map((stage) => [stage as string, start(['--import', 'tsx', `services/${stage}/src/main.ts`], server.url)]),
  )
  const startedAt = performance.now()
  const enqueue = [
    'services/cli/bin/idiolect.js',
    'enqueue',
    '-i',
    documents,
    '-o',
    out,
    '--wait',
    '--set',
    ...settings,
  ]
  const source = start(enqueue, server.url)
  const workers = [...processes.values()]
  processes.set('source', source)
  const ended = once(source, 'exit')
  const samples: Samples = new Map()
  while (source.exitCode === null && source.signalCode === null) {
    await sample(samples, redis, processes)
    await Promise.race([ended, sleep(sampleMs)])
  }
  const seconds = (performance.now() - startedAt) / 1000
  await sample(samples, redis, processes)
  for (const worker of workers) worker.kill('SIGTERM')
  await Promise.all(workers.map((worker) => worker.exitCode ?? once(worker, 'exit')))
  redis.disconnect()
  await server.close()
  if (source.exitCode !== 0) throw new Error(`The run of ${targets} targets failed`)
  const { counts } = JSON.parse(await readFile(join(out, 'run.json'), 'utf8'))
  return { samples, done: counts.done, seconds }
}

function figuresOf(name: string, values: readonly number[]): Figure[] {
  const ascending = values.toSorted((a, b) => a - b)
  return [
    { figure: `${name}: peak`, value: ascending.at(-1)!, unit: 'MB' },
    { figure: `${name}: median`, value: ascending[ascending.length >> 1]!, unit: 'MB' },
    { figure: `${name}: end`, value: values.at(-1)!, unit: 'MB' },
  ]
}

/** At each moment, of the process that holds most then. */
function largest(samples: Samples): number[] {
  const processes = [...samples].filter(([name]) => name !== 'Redis').map(([, values]) => values)
  const moments = Math.min(...processes.map((values) => values.length))
  return Array.from({ length: moments }, (_, moment) => Math.max(...processes.map((values) => values[moment]!)))
}

const panels: MemoryPanel[] = [
  { title: 'Redis', curves: [] },
  { title: 'The largest process at each moment', curves: [] },
]
for (const targets of sizes) {
  const folder = await mkdtemp(join(tmpdir(), 'idiolect-bench-'))
  try {
    const { samples, done, seconds } = await measure(folder, targets)
    report(`Memory over a run of ${done} targets`, [
      { figure: 'time', value: seconds, unit: 's' },
      { figure: 'targets/s', value: done / seconds },
      ...[...samples].flatMap(([name, values]) => figuresOf(name, values)),
    ])
    const name = `${done.toLocaleString('en')} targets`
    panels[0]!.curves.push({ name, values: samples.get('Redis')! })
    panels[1]!.curves.push({ name, values: largest(samples) })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
const svg = process.argv.indexOf('--svg')
if (svg !== -1) await writeFile(process.argv[svg + 1]!, memoryChart(panels))
