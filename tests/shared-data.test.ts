import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'

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
