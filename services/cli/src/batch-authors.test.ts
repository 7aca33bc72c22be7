import { parseConfig } from '@idiolect/contracts/config'
import type { Author } from '@idiolect/contracts/records'
import { expect, test } from 'vitest'

import { batchAuthors } from './batch-authors.ts'

/** One document and one target each. */
function authorOf(ordinal: number, text: string, docId = `d${ordinal}`): Author {
  const userId = `u${ordinal}`
  return {
    userId,
    documents: [{ docId, timestamp: 0, title: '', text }],
    targets: [{ ordinal, id: `${userId}/t`, userId, timestamp: 1, method: 'm', context: 'c', history: [0, 1] }],
  }
}

async function batchesOf(authors: Author[], config = parseConfig({})) {
  async function* each() {
    yield* authors
  }
  const batches: { first: number; count: number; bytes: number }[] = []
  for await (const { batch, bytes } of batchAuthors(each(), { id: 'run', round: 0, config })) {
    batches.push({ first: batch.first, count: batch.count, bytes })
  }
  return batches
}

test('a batch closes at its number of targets, or earlier where its texts are long', async () => {
  const short = Array.from({ length: 20 }, (_, ordinal) => authorOf(ordinal, 'short'))
  expect((await batchesOf(short)).map(({ count }) => count)).toEqual([16, 4])
  const long = Array.from({ length: 4 }, (_, ordinal) => authorOf(ordinal, 'long '.repeat(30_000)))
  expect((await batchesOf(long)).map(({ first, count }) => [first, count])).toEqual([
    [0, 2],
    [2, 2],
  ])
})

test('what a batch weighs follows its texts and ids in UTF-8, its vectors and the length of the entries', async () => {
  const weigh = async (author: Author, config = parseConfig({ rank: { strategy: 'RankDocBM25' } })) =>
    (await batchesOf([author], config))[0]!.bytes
  const plain = await weigh(authorOf(0, 'word '.repeat(2000)))
  expect(await weigh(authorOf(0, '漢字漢字 '.repeat(2000)))).toBe(plain + 2000 * 8)
  expect(await weigh(authorOf(0, 'word '.repeat(2000), 'x'.repeat(5000)))).toBe(plain + 4998)
  const longEntries = parseConfig({ rank: { strategy: 'RankDocBM25', maxChars: 12_500 } })
  expect(await weigh(authorOf(0, 'word '.repeat(2000)), longEntries)).toBe(plain + 3 * 10_000)
  expect(await weigh(authorOf(0, 'word '.repeat(2000)), parseConfig({}))).toBeGreaterThan(plain + 60_000)
})
