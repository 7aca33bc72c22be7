import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'

import { parseConfig } from '@idiolect/contracts/config'
import { ingest } from '@idiolect/corpus/ingest'
import { expect, inject, test } from 'vitest'

import { prefixedUrl } from './prefixed.ts'
import { idiolect } from './processes.ts'
import { type MailDocument, writeLines } from './texts.ts'

const blogs = fileURLToPath(new URL('../../shared/data/demo_small_cc0.jsonl.gz', import.meta.url))
const here = existsSync(blogs)
if (!here) console.warn(`Skipped: ${blogs} is not there; it does not come with the product.`)

test.skipIf(!here)(
  'a real corpus of blogs gives a text for each author, and for requests made for it',
  { timeout: 120_000 },
  async () => {
    const dir = await mkdtemp(join(tmpdir(), 'idiolect-shared-'))
    try {
      const REDIS_URL = prefixedUrl(inject('redisUrl'))
      const promptsOnly = ['--set', 'generate.model=none', 'rank.strategy=RankDocBM25', '--json']
      const ended = await idiolect(['run', '-i', blogs, '-o', join(dir, 'last'), ...promptsOnly], { REDIS_URL })
      expect(ended.code, ended.stderr).toBe(0)
      const documents = gunzipSync(await readFile(blogs))
        .toString()
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as MailDocument)
      const authors = [...new Set(documents.map(({ userId }) => userId))]
      expect(JSON.parse(ended.stdout).counts).toMatchObject({
        read: documents.length,
        rejected: 0,
        targets: expected(documents),
        failed: 0,
      })

      const requests = authors.map((userId) => ({
        requestId: `to-${userId}`,
        userId,
        context: 'We are pleased to announce that',
      }))
      const path = await writeLines(join(dir, 'requests.jsonl'), requests)
      const asked = await idiolect(['run', '-i', blogs, '-o', join(dir, 'asked'), '--requests', path, ...promptsOnly], {
        REDIS_URL,
      })
      expect(asked.code, asked.stderr).toBe(0)
      expect(JSON.parse(asked.stdout).counts).toMatchObject({ targets: authors.length, done: authors.length })
    } finally {
      await rm(dir, { recursive: true, force: true })
    }
  },
)

const publicTexts = fileURLToPath(new URL('../../shared/data/public.jsonl.gz', import.meta.url))

test.skipIf(!existsSync(publicTexts))(
  'of 599 public authors the training targets are those that the method names, counted here once more',
  { timeout: 120_000 },
  async () => {
    const dir = await mkdtemp(join(tmpdir(), 'idiolect-public-'))
    try {
      const corpus = await ingest({
        inputs: [publicTexts],
        requests: [],
        workDir: dir,
        rejects: join(dir, 'rejects.jsonl'),
      })
      const { targets, authors, dropped } = await corpus.plan(parseConfig({ task: 'dataset' }))
      await corpus.close()
      const documents = gunzipSync(await readFile(publicTexts))
        .toString()
        .trimEnd()
        .split('\n')
      const possible = targetsByUser(documents.map((line) => JSON.parse(line)))
      const kept = possible.filter((count) => count >= 5)
      const sum = (counts: number[]) => counts.reduce((total, count) => total + count, 0)
      expect(dropped.nearCopies).toBe(0)
      expect(authors).toBe(kept.length)
      expect(targets).toBe(sum(kept.map((count) => Math.min(count, 50))))
      expect(dropped.aboveMaxPerUser).toBe(sum(kept) - targets)
      expect(dropped.belowMinPerUser).toBe(sum(possible) - sum(kept))
    } finally {
      await rm(dir, { recursive: true, force: true })
    }
  },
)

/** METHOD's filters: how many documents of each user are over 300 characters and have two earlier ones. */
function targetsByUser(documents: MailDocument[]): number[] {
  const byUser = new Map<string, MailDocument[]>()
  for (const document of documents) byUser.set(document.userId, [...(byUser.get(document.userId) ?? []), document])
  return [...byUser.values()].map((own) => {
    const times = own.map(({ timestamp }) => Date.parse(timestamp))
    return own.filter(({ title, text }, index) => {
      const length = title === '' ? text.length : `${title}\n${text}`.length
      return length > 300 && times.filter((time) => time < times[index]!).length >= 2
    }).length
  })
}

/** METHOD's filters, straight from the documents: the last one over 300 characters with at least two before it. */
function expected(documents: MailDocument[]): number {
  const authors = [...new Set(documents.map(({ userId }) => userId))]
  return authors.filter((userId) => {
    const own = documents.filter((document) => document.userId === userId)
    const distinct = own.filter((a, index) => own.findIndex((b) => a.title === b.title && a.text === b.text) === index)
    const past = (target: MailDocument) =>
      distinct.filter(({ timestamp }) => Date.parse(timestamp) < Date.parse(target.timestamp))
    return distinct.some((document) => `${document.title}\n${document.text}`.length > 300 && past(document).length >= 2)
  }).length
}
