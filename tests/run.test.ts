import { once } from 'node:events'
import { access, mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest'

import { respondWithText, startChatServer } from './chat-server.ts'
import { prefixedUrl } from './prefixed.ts'
import { idiolect, startIdiolect } from './processes.ts'
import { importMail, type MailDocument, writeLines } from './texts.ts'

// Small, so that two cores are through with it soon; the models are the real ones.
const targets = 4
const few = ['--limit', String(targets), '--set', 'generate.maxTokens=48', 'batch.records=2', 'history.maxDocuments=12']
const promptsOnly = ['--set', 'generate.model=none', 'rank.strategy=RankDocBM25']

let dir: string
let documents: string
let redisUrl: string

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'idiolect-run-'))
  documents = await importMail(dir, '00*.txt')
  redisUrl = prefixedUrl(inject('redisUrl'))
})

afterAll(async () => {
  await rm(dir, { recursive: true, force: true })
})

type Row = {
  id: string
  context: string
  entries: { docId: string; score: number; text: string }[]
  summary: string
  keyElements: string[]
  prompt: string
  output: string
  reference?: string
}

async function rowsOf(out: string, name = 'generations.jsonl'): Promise<Row[]> {
  const text = await readFile(join(out, name), 'utf8')
  return text === ''
    ? []
    : text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line))
}

async function countsOf(out: string): Promise<Record<string, number>> {
  return JSON.parse(await readFile(join(out, 'run.json'), 'utf8')).counts
}

const run = (out: string, ...args: string[]) =>
  idiolect(['run', '-i', documents, '-o', out, ...args], { REDIS_URL: redisUrl })

describe('a run with the bundled models', { timeout: 240_000 }, () => {
  let out: string

  test('writes for every target a text that goes on from its start, with what it was made from', async () => {
    out = join(dir, 'models')
    const ended = await run(out, ...few, '--json')
    expect(ended.code, ended.stderr).toBe(0)
    const rows = await rowsOf(out)
    expect(rows).toHaveLength(targets)
    for (const { context, entries, summary, keyElements, prompt, output, reference } of rows) {
      expect(output.startsWith(context)).toBe(true)
      expect(output.slice(context.length).trim().length).toBeGreaterThan(20)
      expect(reference!.startsWith(context)).toBe(true)
      expect(entries.length).toBeGreaterThan(0)
      expect(entries.map(({ text }) => text).join('\n\n').length).toBeLessThanOrEqual(2500)
      expect(summary).not.toBe('')
      expect(keyElements.length).toBeLessThanOrEqual(20)
      for (const part of ['passage start', 'summary', 'past passages']) expect(prompt).toContain(part)
    }
    const scores = rows.flatMap(({ entries }) => entries.map(({ score }) => score))
    expect(Math.max(...scores)).toBeLessThanOrEqual(1.000001)
    const { models } = JSON.parse(await readFile(join(out, 'run.json'), 'utf8'))
    expect(models.embed[0].digest).toMatch(/^[0-9a-f]{64}$/)
    expect(models.generate[0].name).toBe('SmolLM2-135M-Instruct')
  })

  test('does nothing when it is there already, and refuses another configuration in its place', async () => {
    const before = await readFile(join(out, 'generations.jsonl'))
    const again = await run(out, ...few)
    expect(again).toMatchObject({ code: 0 })
    expect(again.stdout).toContain('holds this run already')
    expect(await readFile(join(out, 'generations.jsonl'))).toEqual(before)
    await expect(access(join(out, '.idiolect'))).rejects.toThrow('ENOENT')
    const other = await run(out, ...few, 'seed=5')
    expect(other.code).toBe(2)
    expect(other.stderr).toContain('seed: 17 before, 5 now')
  })

  test('is scored whole and for the continuation alone', async () => {
    const ended = await idiolect(['evaluate', out, '--json'])
    expect(ended.code, ended.stderr).toBe(0)
    const { run: scores } = JSON.parse(ended.stdout)
    expect(scores.count).toBe(targets)
    expect(scores.whole.rougeL).toBeGreaterThan(scores.continuation.rougeL)
    expect(JSON.parse(await readFile(join(out, 'metrics.json'), 'utf8'))).toEqual({ run: scores })
  })

  test('stops at Ctrl-C, leaves nothing running or queued, and gives the same bytes when it is resumed', async () => {
    const stopped = join(dir, 'stopped')
    const command = ['run', '-i', documents, '-o', stopped, ...few]
    const child = startIdiolect(command, { REDIS_URL: redisUrl })
    let stderr = ''
    child.stderr!.on('data', (chunk: Buffer) => (stderr += chunk))
    const part = join(stopped, '.idiolect/parts/000000/000000000000-2.part')
    await vi.waitFor(() => access(part), { timeout: 120_000, interval: 50 })
    child.kill('SIGINT')
    expect(await once(child, 'exit')).toEqual([1, null])
    expect(stderr).toContain('The same command goes on where it stopped')
    const resumed = await idiolect(command, { REDIS_URL: redisUrl })
    expect(resumed.code, resumed.stderr).toBe(0)
    expect(await readFile(join(stopped, 'generations.jsonl'))).toEqual(await readFile(join(out, 'generations.jsonl')))
    expect(await readFile(join(stopped, 'run.json'))).toEqual(await readFile(join(out, 'run.json')))
  })
})

describe('a run without a model of its own', { timeout: 120_000 }, () => {
  test('starts a Redis of its own where none is given, and leaves none behind', async () => {
    const home = join(dir, 'home')
    const out = join(dir, 'own-redis')
    const environment = { IDIOLECT_HOME: home, REDIS_URL: undefined }
    const ended = await idiolect(['run', '-i', documents, '-o', out, '--limit', '3', ...promptsOnly], environment)
    expect(ended.code, ended.stderr).toBe(0)
    expect(await rowsOf(out)).toHaveLength(3)
    await expect(access(join(home, 'redis/server.sock'))).rejects.toThrow('ENOENT')
  })

  test('writes for requests, and knows nothing of what the author wrote later', async () => {
    const all = (await readFile(documents, 'utf8'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as MailDocument)
    const documentsOf = (id: string) => all.filter((document) => document.userId === id)
    const { userId } = all.reduce((a, b) => (documentsOf(b.userId).length > documentsOf(a.userId).length ? b : a))
    const ofAuthor = documentsOf(userId).sort((a, b) => a.timestamp.localeCompare(b.timestamp))
    const middle = ofAuthor[Math.floor(ofAuthor.length / 2)]!
    const requests = await writeLines(join(dir, 'requests.jsonl'), [
      { requestId: 'late', userId, context: 'I have thought about the list' },
      {
        requestId: 'early',
        userId,
        context: 'I have thought about the list',
        timestamp: middle.timestamp,
      },
      { requestId: 'broken', userId },
    ])
    const out = join(dir, 'requests')
    const ended = await run(out, '--requests', requests, ...promptsOnly, 'rank.maxChars=100000')
    expect(ended.code, ended.stderr).toBe(0)
    const rows = Object.fromEntries((await rowsOf(out)).map((row) => [row.id, row]))
    expect(Object.keys(rows).sort()).toEqual(['early', 'late'])
    expect(rows.late).not.toHaveProperty('reference')
    const past = new Set(ofAuthor.filter(({ timestamp }) => timestamp < middle.timestamp).map(({ docId }) => docId))
    for (const { docId } of rows.early!.entries) expect(past).toContain(docId)
    expect(rows.late!.entries.length).toBeGreaterThan(rows.early!.entries.length)
    const rejects = await readFile(join(out, 'rejects.jsonl'), 'utf8')
    expect(JSON.parse(rejects)).toMatchObject({ line: 3, code: 'missing_field' })
  })

  test('goes on past lines that cannot be used, and accounts for every one', async () => {
    const good = (await readFile(documents, 'utf8')).trimEnd().split('\n')
    const input = await writeLines(join(dir, 'mixed.jsonl'), [
      ...good,
      '{"userId":',
      '[]',
      { userId: 'a' },
      { ...JSON.parse(good[0]!), docId: 'x', timestamp: 'soon' },
    ])
    const out = join(dir, 'mixed')
    const ended = await idiolect(['run', '-i', input, '-o', out, '--limit', '2', ...promptsOnly], {
      REDIS_URL: redisUrl,
    })
    expect(ended.code, ended.stderr).toBe(0)
    const counts = await countsOf(out)
    expect(counts).toMatchObject({ read: good.length + 4, rejected: 4, targets: 2, done: 2, failed: 0 })
    expect(await rowsOf(out, 'rejects.jsonl')).toHaveLength(4)
  })
})

describe('a run against a model server', { timeout: 120_000 }, () => {
  const against = (url: string) => [
    '--limit',
    '6',
    '--set',
    `generate.model=openai:${url}#writer`,
    'rank.strategy=RankDocBM25',
    'batch.records=3',
  ]

  test('waits and asks again when the server is busy or stumbles, and loses nothing', async () => {
    const server = await startChatServer(({ times }, response) => {
      if (times === 1) response.writeHead(429, { 'retry-after': '0' }).end()
      else if (times === 2) response.writeHead(500).end('oops')
      else respondWithText(response, ' and so it went on for a while.')
    })
    try {
      const out = join(dir, 'busy')
      const ended = await run(out, ...against(server.url))
      expect(ended.code, ended.stderr).toBe(0)
      const rows = await rowsOf(out)
      expect(rows).toHaveLength(6)
      for (const { context, output } of rows) expect(output).toBe(`${context} and so it went on for a while.`)
    } finally {
      await server.close()
    }
  })

  test('gives up only the texts that the server refuses or answers with rubbish', async () => {
    const server = await startChatServer(({ content }, response) => {
      const kind = content.length % 3
      if (kind === 0) response.writeHead(400).end('{"error":{"message":"too long"}}')
      else if (kind === 1) response.writeHead(200, { 'content-type': 'application/json' }).end('{"choices": [')
      else respondWithText(response, ' and so on.')
    })
    try {
      const out = join(dir, 'refused')
      const ended = await run(out, ...against(server.url))
      expect(ended.code, ended.stderr).toBe(0)
      const counts = await countsOf(out)
      expect(counts.done! + counts.failed!).toBe(6)
      const failures = (await readFile(join(out, 'failures.jsonl'), 'utf8'))
        .trimEnd()
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line))
      expect(failures).toHaveLength(counts.failed!)
      for (const failure of failures) {
        expect(Object.keys(failure)).toEqual(['id', 'stage', 'code', 'message', 'attempts'])
        expect(failure).toMatchObject({
          stage: 'generate',
          code: expect.stringMatching(/^endpoint_(rejected|garbage)$/),
        })
      }
    } finally {
      await server.close()
    }
  })
})

describe('what is wrong at the start', { timeout: 60_000 }, () => {
  const refuse = async (args: string[], env: NodeJS.ProcessEnv = {}) => {
    const { code, stderr } = await idiolect(args, { REDIS_URL: redisUrl, ...env })
    expect(code, stderr).toBe(2)
    expect(stderr).not.toMatch(/\n\s+at /)
    return stderr
  }
  const out = () => join(dir, 'never')

  test.each<[string, () => string[], RegExp]>([
    ['an input that is not there', () => ['run', '-i', join(dir, 'nothing.jsonl'), '-o', out()], /nothing\.jsonl/],
    [
      'a key that does not exist',
      () => ['run', '-i', documents, '-o', out(), '--set', 'rank.stragety=RecentDoc'],
      /unknown key rank\.stragety/,
    ],
    [
      'a value of the wrong kind',
      () => ['run', '-i', documents, '-o', out(), '--set', 'rank.maxChars=many'],
      /rank\.maxChars/,
    ],
    [
      'a strategy that does not exist',
      () => ['run', '-i', documents, '-o', out(), '--set', 'rank.strategy=Best'],
      /rank\.strategy/,
    ],
    [
      'a model that is not there',
      () => ['run', '-i', documents, '-o', out(), '--set', 'generate.model=path:/no/such/model'],
      /\/no\/such\/model/,
    ],
    [
      'a model that nobody bundles',
      () => ['run', '-i', documents, '-o', out(), '--set', 'embed.model=bundled:none-such'],
      /none-such/,
    ],
    ['a command without its options', () => ['run', '-i', documents], /--out/],
    ['a task that does not exist', () => ['run', '-i', documents, '-o', out(), '--task', 'summarise'], /task/],
    ['an unknown command', () => ['rnu'], /unknown command/],
    ['a stage that does not exist', () => ['worker', 'sumarize'], /there is no stage sumarize/],
  ])('%s is one readable line and exit code 2', async (_what, args, message) => {
    expect(await refuse(args())).toMatch(message)
  })

  test('an unreachable Redis is one readable line and exit code 2', async () => {
    const stderr = await refuse(['run', '-i', documents, '-o', out()], { REDIS_URL: 'redis://127.0.0.1:1' })
    expect(stderr).toMatch(/Redis .*127\.0\.0\.1:1/)
  })

  test('a port that is taken is one readable line and exit code 2', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    expect(await refuse(['dashboard', '--port', String(port)])).toContain(String(port))
    server.close()
  })
})
