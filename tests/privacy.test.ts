import type { ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setInterval } from 'node:timers/promises'

import { parseConfig } from '@idiolect/contracts/config'
import { IdiolectError } from '@idiolect/contracts/errors'
import { stages } from '@idiolect/contracts/stages'
import { homeForTests, programForTests, removeHome } from '@idiolect/local-redis/program-for-tests'
import { openQueues, type Queues } from '@idiolect/runtime/queues'
import { redisAddress } from '@idiolect/runtime/redis-address'
import { serve } from '@idiolect/runtime/serve'
import { suspendRun } from '@idiolect/runtime/suspend-run'
import { Redis } from 'ioredis'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, describe, expect, inject, test, vi } from 'vitest'
import { z } from 'zod'

import { type ChatServer, respondWithText, startChatServer } from './chat-server.ts'
import { freePort } from './given-server.ts'
import { prefixed, prefixedUrl } from './prefixed.ts'
import { idiolect, startIdiolect } from './processes.ts'
import { redisContents } from './redis-contents.ts'
import { writeLines } from './texts.ts'

// In every id and every text, and in nothing else.
const marker = /zqx\w*/gi

let dir: string
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'idiolect-privacy-'))
})
afterAll(() => rm(dir, { recursive: true, force: true }))

/** What of a person stands in what was said; `said` by whom. */
function expectNobody(said: Record<string, string>): void {
  const found = Object.entries(said).flatMap(([who, text]) =>
    [...text.matchAll(marker)].map(({ index }) => `${who}: ${text.slice(Math.max(0, index - 60), index + 60)}`),
  )
  expect(found.slice(0, 5)).toEqual([])
}

function gather(child: ChildProcess): () => string {
  let said = ''
  for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (chunk: Buffer) => (said += chunk))
  return () => said
}

function documentOf(user: number, place: number) {
  const topic = `zqxtopic${user} and zqxsecret${place}`
  const sentences = [1, 2, 3, 4, 5].map(
    (nth) => `On zqxday${nth} I wrote about ${topic} to my zqxsister${nth}, at length.`,
  )
  return {
    userId: `zqxuser${user}@example.org`,
    docId: `zqxdoc${user}-${place}`,
    timestamp: `2024-0${place + 1}-01T00:00:00Z`,
    title: `Zqxtitle ${user} ${place}`,
    text: sentences.join(' '),
  }
}

const documents = Array.from({ length: 8 }, (_, user) => [0, 1, 2, 3, 4].map((place) => documentOf(user, place))).flat()
const broken = [
  '{"userId":"zqxuser1","text":"zqxtext',
  ['zqxtext'],
  { userId: 'zqxuser2', docId: 'zqxdoc', timestamp: 'zqxsoon', text: 'zqxtext' },
  { userId: 'zqxuser2', docId: 'zqxdoc', timestamp: 1, title: { zqxtitle: 'zqx' }, text: 'zqxtext' },
  { userId: 'zqxuser3', docId: 'zqxdoc', timestamp: 1, text: ' ' },
  { ...documents[0]!, text: 'Another zqxtext under the same zqxid.' },
]

describe('of what people wrote and who they are', { timeout: 240_000 }, () => {
  let server: ChatServer
  let children: ChildProcess[] = []

  beforeAll(async () => {
    server = await startChatServer(({ content, times }, response) => {
      const quoted = JSON.stringify(content)
      const kind = createHash('sha256').update(content).digest()[0]! % 7
      const isText = content.includes('passage start')
      if (kind === 0) response.writeHead(400).end(`{"error":{"code":"context_length","message":${quoted}}}`)
      else if (kind === 1 && (isText || times === 1)) response.writeHead(200).end(`{"choices":[${quoted}`)
      else if (kind === 2) respondWithText(response, '')
      else if (kind === 3 && times === 1) response.writeHead(500).end(content)
      else if (kind === 4 && times === 1) response.socket!.destroy()
      else if (kind === 5 && times === 1) response.writeHead(200).end(`{"choices":[{"message":${quoted}}]}`)
      else respondWithText(response, ` and zqxanswer goes on about ${content.slice(-20)}.`)
    })
  })
  afterEach(async () => {
    const running = children.filter((child) => child.exitCode === null && child.signalCode === null)
    const ended = running.map((child) => once(child, 'close'))
    for (const child of running) child.kill('SIGTERM')
    await Promise.all(ended)
    children = []
  })
  afterAll(() => server.close())

  async function runAndWatch(name: string, args: string[]) {
    const url = prefixedUrl(inject('redisUrl'))
    const env = { REDIS_URL: url, LOG_LEVEL: 'debug' }
    const { options, prefix } = redisAddress(url)
    const redis = new Redis(options)
    const out = join(dir, name)
    const hasReferences = args.length === 0
    const input = await writeLines(join(dir, `${name}-documents.jsonl`), [...documents, ...broken])
    const port = await freePort()
    const worker = startIdiolect(['worker', ...stages], env)
    const dashboard = startIdiolect(['dashboard', '--port', String(port)], env)
    children.push(worker, dashboard)
    const said = { worker: gather(worker), dashboard: gather(dashboard) }
    const page = `http://127.0.0.1:${port}`
    await vi.waitFor(() => fetch(`${page}/healthz`), { timeout: 60_000, interval: 100 })

    const stop = new AbortController()
    let [events, pages, contents] = ['', '', '']
    const streamed = fetch(`${page}/events`, { signal: stop.signal })
      .then(async ({ body }) => {
        for await (const chunk of body!) events += Buffer.from(chunk).toString()
      })
      .catch(() => undefined)
    const look = async () => {
      contents += await redisContents(redis, prefix)
      for (const stage of stages) {
        const query = `activeQueue=${stage}&status=latest&page=1&jobsPerPage=10`
        pages += await fetch(`${page}/queues/api/queues?${query}`).then((answer) => answer.text())
      }
      pages += await fetch(`${page}/api/v1/runs`).then((answer) => answer.text())
    }
    const watched = (async () => {
      for await (const _ of setInterval(100)) {
        await look()
        if (stop.signal.aborted) return
      }
    })()

    const given = [
      ...['enqueue', '-i', input, '-o', out, ...args, '--wait', '--json', '--set', 'rank.strategy=RankDocBM25'],
      ...[`generate.model=openai:${server.url}#writer`, 'batch.records=4'],
      ...(hasReferences ? ['summarize.kind=model', 'targets.select=all', 'targets.minChars=200'] : []),
    ]
    const commands: string[] = []
    const command = async (...words: string[]) => {
      const { code, stdout, stderr } = await idiolect(words, env)
      commands.push(stdout, stderr)
      expect(code, stderr).toBe(0)
      return stdout
    }
    try {
      const { run } = JSON.parse(await command(...given))
      await command('runs', '--json')
      await command('status', run)
      if (hasReferences) await command('evaluate', out)
    } finally {
      stop.abort()
      await Promise.allSettled([streamed, watched])
    }
    await watched
    const left = await redisContents(redis, prefix, { withRecords: true })
    redis.disconnect()
    const file = (each: string) => readFile(join(out, each), 'utf8').catch(() => '')
    const failures = (await file('failures.jsonl')).split('\n').filter(Boolean)
    return {
      out,
      failures: failures.map((line) => JSON.parse(line) as { id: string; code: string; message: string }),
      left,
      said: {
        worker: said.worker(),
        dashboard: said.dashboard(),
        events,
        pages,
        'Redis during the run': contents,
        commands: commands.join('\n'),
        'timings.json': await file('timings.json'),
        'run.json': await file('run.json'),
        'rejects.jsonl': await file('rejects.jsonl'),
        'metrics.json': await file('metrics.json'),
      },
    }
  }

  test('nothing is in logs, messages, job names, pages or counters of a run over documents, nor left in Redis', async () => {
    const { failures, said, left, out } = await runAndWatch('documents', [])
    const codes = new Set(failures.map(({ code }) => code))
    expect([...codes]).toEqual(expect.arrayContaining(['endpoint_rejected', 'endpoint_garbage']))
    expectNobody({ ...said, messages: failures.map(({ message }) => message).join('\n'), 'Redis afterwards': left })
    // The watch has seen something: batches on their way, and the marked texts where they belong.
    expect(said['Redis during the run']).toMatch(/run-\w+-\d+-\d+/)
    expect(said.pages).toMatch(/run-\w+-\d+-\d+/)
    expect(said.events).toContain('data: ')
    expect(said.worker).toContain('batch done')
    expect(said['rejects.jsonl'].trimEnd().split('\n')).toHaveLength(broken.length)
    expect(await readFile(join(out, 'generations.jsonl'), 'utf8')).toMatch(/zqxuser\d.*zqxanswer/)
  })

  test('nor of a run over requests', async () => {
    const requests = await writeLines(join(dir, 'requests.jsonl'), [
      ...documents.slice(0, 20).map(({ userId }, place) => {
        return { requestId: `zqxrequest${place}`, userId, context: `Dear zqxfriend${'!'.repeat(place)}, I have` }
      }),
      { requestId: 'zqxrequest', userId: 'zqxstranger', context: 'zqxcontext' },
      { requestId: 'zqxrequest99' },
    ])
    const { failures, said, left, out } = await runAndWatch('requests', ['--requests', requests])
    expectNobody({ ...said, messages: failures.map(({ message }) => message).join('\n'), 'Redis afterwards': left })
    expect(await readFile(join(out, 'generations.jsonl'), 'utf8')).toMatch(/zqxrequest\d.*zqxanswer/)
  })
})

const runOf = (id: string) => ({
  id,
  config: parseConfig({}),
  out: '/out',
  targets: 2,
  createdAt: 0,
  status: 'running' as const,
  paused: false,
  attended: false,
})

test('a stage that breaks at a text, and quotes it, leaves nothing of it in logs, in Redis or in the failure', async () => {
  const address = prefixed(inject('redisUrl'))
  const queues = await openQueues(address)
  const redis = new Redis(address.options)
  let log = ''
  const run = runOf('run-breaks')
  await queues.store.create(run, { frequencies: Buffer.alloc(0), selectors: {} })
  const service = await serve({
    address,
    log: pino({ level: 'trace' }, { write: (line: string) => (log += line) }),
    concurrency: 1,
    definition: {
      stage: 'rank',
      input: z.looseObject({ ordinal: z.int(), id: z.string(), text: z.string() }),
      process: async (records) => {
        for (const { text } of records) JSON.parse(text)
        throw new IdiolectError('internal', 'every text was JSON')
      },
    },
  })
  try {
    const records = [
      { ordinal: 0, id: 'zqxuser/zqxdoc', text: 'zqxtext that is no JSON' },
      { ordinal: 1, id: 'zqxuser/zqxother', text: 42, zqxkey: 'zqxvalue' },
    ]
    await queues.add('rank', { run: run.id, first: 0, count: 2, round: 0, records, failures: [], models: {} })
    let contents = ''
    await vi.waitFor(
      async () => {
        contents += await redisContents(redis, address.prefix)
        expect(await queues.queue('summarize').getJobCounts('wait')).toEqual({ wait: 1 })
      },
      { timeout: 30_000, interval: 50 },
    )
    const [job] = await queues.queue('summarize').getJobs(['wait'])
    const messages = (job!.data.failures as { message: string }[]).map(({ message }) => message)
    expect(messages).toEqual([
      'unexpected SyntaxError',
      expect.stringMatching(/^does not fit the schema of rank: text /),
    ])
    expect(contents).toContain('unexpected SyntaxError')
    expectNobody({ log, contents, messages: messages.join('\n') })
    expect(log).toMatch(/batch failed, will be tried again: unexpected SyntaxError/)
  } finally {
    await service.close()
    await queues.clear(run.id)
    await queues.store.remove(run.id, stages)
    redis.disconnect()
    await queues.close()
  }
})

test.each([
  ['cancelled', (queues: Queues, id: string) => queues.store.end(id, 'cancelled', stages).then(() => queues.clear(id))],
  ['suspended', suspendRun],
])('a run that is %s leaves nothing in Redis, not even the batch that a worker has in hand', async (_how, end) => {
  const address = prefixed(inject('redisUrl'))
  const queues = await openQueues(address)
  const redis = new Redis(address.options)
  let log = ''
  let [begin, finish] = [() => {}, () => {}]
  const begun = new Promise<void>((resolve) => (begin = resolve))
  const finished = new Promise<void>((resolve) => (finish = resolve))
  const run = runOf('run-in-hand')
  await queues.store.create(run, { frequencies: Buffer.from('zqxword'), selectors: { rank: 'zqxselector' } })
  const service = await serve({
    address,
    log: pino({ level: 'trace' }, { write: (line: string) => (log += line) }),
    concurrency: 1,
    definition: {
      stage: 'rank',
      input: z.looseObject({ ordinal: z.int(), id: z.string() }),
      process: async (records) => {
        begin()
        await finished
        return { outcomes: records.map((record) => ({ ok: true, record })) }
      },
    },
  })
  try {
    for (const ordinal of [0, 1]) {
      const records = [{ ordinal, id: 'zqxuser/zqxdoc', text: 'zqxtext' }]
      await queues.add('rank', { run: run.id, first: ordinal, count: 1, round: 0, records, failures: [], models: {} })
    }
    await begun
    const all = () => redisContents(redis, address.prefix, { withRecords: true })
    expect(await all()).toContain('zqxtext')
    expect(await all()).toContain('zqxword')
    await end(queues, run.id)
    expectNobody({ 'Redis once it has ended': await all() })
    finish()
    await vi.waitFor(() => expect(log).toContain('batch of a run that is not under way dropped'), { timeout: 10_000 })
    await service.close()
    expectNobody({ 'Redis once the worker is through': await all(), log })
  } finally {
    finish()
    await service.close()
    await queues.store.remove(run.id, stages)
    redis.disconnect()
    await queues.close()
  }
})

test("a run that is stopped leaves nothing in the files of the machine's own Redis", { timeout: 120_000 }, async () => {
  const home = await homeForTests(await programForTests())
  let asked = () => {}
  const isAsked = new Promise<void>((resolve) => (asked = resolve))
  const server = await startChatServer(() => asked())
  try {
    const input = await writeLines(join(dir, 'stopped-documents.jsonl'), documents)
    const model = ['rank.strategy=RankDocBM25', 'targets.minChars=200', `generate.model=openai:${server.url}#silent`]
    const args = ['run', '-i', input, '-o', join(dir, 'stopped'), '--set', ...model]
    const child = startIdiolect(args, { IDIOLECT_HOME: home, REDIS_URL: undefined })
    const said = gather(child)
    await isAsked
    child.kill('SIGINT')
    expect(await once(child, 'close'), said()).toEqual([1, null])
    const entries = await readdir(join(home, 'redis/data'), { recursive: true, withFileTypes: true })
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
    expect(files.length).toBeGreaterThan(0)
    const contents = await Promise.all(files.map((file) => readFile(file, 'latin1')))
    expect(contents.join('')).toMatch(/run-\w+/)
    expectNobody({ 'files of Redis': contents.join('\n'), said: said() })
  } finally {
    await server.close()
    await removeHome(home)
  }
})
