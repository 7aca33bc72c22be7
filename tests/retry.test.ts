import { createHash } from 'node:crypto'
import { access, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, expect, inject, test } from 'vitest'

import { respondWithText, startChatServer } from './chat-server.ts'
import { startEmbeddingServer } from './embedding-server.ts'
import { prefixedUrl } from './prefixed.ts'
import { idiolect } from './processes.ts'
import { importMail } from './texts.ts'

let dir: string
let documents: string
let redisUrl: string

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'idiolect-retry-'))
  documents = await importMail(dir, '00[0-2]*.txt')
  redisUrl = prefixedUrl(inject('redisUrl'))
})

afterAll(async () => {
  await rm(dir, { recursive: true, force: true })
})

const dataFiles = ['generations.jsonl', 'failures.jsonl', 'rejects.jsonl', 'run.json']
type Failed = { id: string; stage: string; code: string }

const start = (out: string, options: string[]) =>
  idiolect(['run', '-i', documents, '-o', out, ...options, '--json'], { REDIS_URL: redisUrl })

const retry = (...args: string[]) => idiolect(['retry', ...args, '--json'], { REDIS_URL: redisUrl })

const failuresOf = async (out: string): Promise<Failed[]> => {
  const lines = (await readFile(join(out, 'failures.jsonl'), 'utf8')).split('\n')
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line))
}

const filesOf = (out: string) => Promise.all(dataFiles.map((name) => readFile(join(out, name), 'utf8')))

test('what failed heals in place, and the result is that of a run in which it never did', {
  timeout: 180_000,
}, async () => {
  let broken = true
  const server = await startChatServer(({ content }, response) => {
    const kind = content.length % 3
    if (broken && kind === 0) response.writeHead(400).end('{"error":{"message":"no"}}')
    else if (broken && kind === 1) response.writeHead(200, { 'content-type': 'application/json' }).end('{"choices": [')
    else respondWithText(response, ` and so it went on, ${content.length} characters later.`)
  })
  try {
    const options = [
      '--limit',
      '12',
      '--set',
      `generate.model=openai:${server.url}#writer`,
      'rank.strategy=RankDocBM25',
      'batch.records=3',
    ]
    const run = (out: string) => start(out, options)
    const healed = join(dir, 'healed')
    const first = await run(healed)
    expect(first.code, first.stderr).toBe(0)
    const failed = JSON.parse(first.stdout).counts.failed
    expect(failed).toBeGreaterThan(1)

    const unknown = await retry(healed, '--code', 'no_such_code')
    expect(unknown.code).toBe(2)
    expect(unknown.stderr).toMatch(/endpoint_rejected \d+/)

    broken = false
    const some = await retry(healed, '--code', 'endpoint_rejected')
    expect(some.code, some.stderr).toBe(0)
    const left = await failuresOf(healed)
    expect(left.length).toBeLessThan(failed)
    for (const { code } of left) expect(code).toBe('endpoint_garbage')

    if (left.length > 0) expect((await retry(healed)).code).toBe(0)
    const whole = join(dir, 'whole')
    expect((await run(whole)).code).toBe(0)
    expect(await filesOf(healed)).toEqual(await filesOf(whole))
    await expect(access(join(healed, '.idiolect'))).rejects.toThrow('ENOENT')
    expect((await retry(healed)).code).toBe(2)
  } finally {
    await server.close()
  }
})

test('what failed in an earlier stage heals as well, a stage or a record at a time', { timeout: 180_000 }, async () => {
  let broken = true
  const embedder = await startEmbeddingServer(
    (texts) => broken && texts[0]!.length > 10 && digestOf(texts[0]!) % 3 === 0,
  )
  const summarizer = await startChatServer(({ content }, response) => {
    if (broken && digestOf(content) % 3 === 0) response.writeHead(400).end('{"error":{"message":"no"}}')
    else respondWithText(response, `A summary of ${content.length} characters.`)
  })
  try {
    const options = [
      '--limit',
      '12',
      '--set',
      'batch.records=2',
      'generate.model=none',
      `embed.model=tei:${embedder.url}`,
    ]
    options.push('summarize.kind=model', `summarize.model=openai:${summarizer.url}#summarizer`)
    const healed = join(dir, 'healed-early')
    const first = await start(healed, options)
    expect(first.code, first.stderr).toBe(0)
    const failed = await failuresOf(healed)
    const stagesOf = (failures: Failed[]) => new Set(failures.map(({ stage }) => stage))
    expect(stagesOf(failed)).toEqual(new Set(['embed', 'summarize']))

    const unknown = await retry(healed, '--id', failed[0]!.id, 'nobody/nothing')
    expect(unknown.code).toBe(2)
    expect(unknown.stderr).toContain('nothing failed with the id "nobody/nothing"')

    broken = false
    const one = await retry(healed, '--id', failed[0]!.id)
    expect(one.code, one.stderr).toBe(0)
    const afterOne = await failuresOf(healed)
    expect(afterOne.map(({ id }) => id)).not.toContain(failed[0]!.id)
    expect(stagesOf(afterOne)).toContain('summarize')
    const ofStage = await retry(healed, '--stage', 'summarize')
    expect(ofStage.code, ofStage.stderr).toBe(0)
    const left = await failuresOf(healed)
    expect(stagesOf(left)).not.toContain('summarize')
    if (left.length > 0) expect((await retry(healed, '--stage', 'embed')).code).toBe(0)

    const whole = join(dir, 'whole-early')
    expect((await start(whole, options)).code).toBe(0)
    expect(await filesOf(healed)).toEqual(await filesOf(whole))
  } finally {
    await Promise.all([embedder.close(), summarizer.close()])
  }
})

function digestOf(text: string): number {
  return createHash('sha256').update(text).digest()[0]!
}
