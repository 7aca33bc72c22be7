import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { type Config, parseConfig } from '@idiolect/contracts/config'
import type { Author } from '@idiolect/contracts/records'
import { splitOf, teachesSelectors } from '@idiolect/contracts/split'
import { decodeDocumentFrequencies } from '@idiolect/text/document-frequencies'
import { documentText } from '@idiolect/text/document-text'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { ingest } from './ingest.ts'

let dir: string

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'idiolect-training-'))
})

afterEach(async () => {
  await rm(dir, { recursive: true, force: true })
})

const users = Array.from({ length: 24 }, (_, index) => `user-${index}`)

/** Of each author 9 documents; every word but `own…` is common, and each text is long enough to be a target. */
const documents = users.flatMap((userId, user) =>
  Array.from({ length: 9 }, (_, place) => ({
    userId,
    docId: `d${place}`,
    timestamp: 1_000_000_000 + 86_400 * place,
    title: place === 0 ? '' : `About ${place}`,
    text: `own${user} wrote the ${place}th of the letters. ${`Word${user * 9 + place}a and word${user * 9 + place}b. `.repeat(20)}`,
  })),
)

async function plan(settings: object = {}, options: { limit?: number; shuffled?: boolean } = {}) {
  const config = parseConfig({ task: 'dataset', ...settings })
  const path = join(dir, `documents-${options.shuffled ?? false}.jsonl`)
  const lines = documents.map((document) => JSON.stringify(document))
  await writeFile(path, `${(options.shuffled ? lines.toReversed() : lines).join('\n')}\n`)
  const workDir = await mkdtemp(join(dir, 'work-'))
  const corpus = await ingest({ inputs: [path], requests: [], workDir, rejects: join(workDir, 'rejects.jsonl') })
  const limit = options.limit === undefined ? {} : { limit: options.limit }
  const planned = await corpus.plan(config, limit)
  const authors: Author[] = []
  for await (const author of corpus.authors(config, limit)) authors.push(author)
  await corpus.close()
  return { config, planned, authors, targets: authors.flatMap(({ targets }) => targets) }
}

const isTraining =
  (config: Config) =>
  ({ userId }: { userId: string }) =>
    splitOf(userId, config) === 'train'

describe('targets of the dataset task', () => {
  test('know their own place among the documents, behind everything that they look back on', async () => {
    const { authors } = await plan()
    for (const { documents: ofAuthor, targets } of authors) {
      for (const { document, history, reference } of targets) {
        expect(document).toBeGreaterThanOrEqual(history[1])
        expect(documentText(ofAuthor[document!]!)).toBe(reference)
      }
    }
  })

  test('are paired, half with another target of the same author, half with one of another training user', async () => {
    const { config, targets } = await plan()
    const training = targets.filter(isTraining(config))
    expect(training.length).toBeGreaterThan(50)
    for (const { userId, docId, distinction } of training) {
      expect(distinction!.sameAuthor).toBe(distinction!.userId === userId)
      expect(splitOf(distinction!.userId, config)).toBe('train')
      expect([distinction!.userId, distinction!.docId]).not.toEqual([userId, docId])
      const other = targets.find((each) => each.userId === distinction!.userId && each.docId === distinction!.docId)
      expect(other?.reference).toBe(distinction!.text)
    }
    const same = training.filter(({ distinction }) => distinction!.sameAuthor).length
    expect(Math.abs(2 * same - training.length)).toBeLessThanOrEqual(1)
    expect(
      targets.filter((target) => !isTraining(config)(target)).every(({ distinction }) => distinction === undefined),
    ).toBe(true)
  })

  test('are paired anew by another seed, and alike whatever the order of the input', async () => {
    const pairsOf = ({ targets }: Awaited<ReturnType<typeof plan>>) =>
      targets.map(({ distinction }) => distinction?.docId)
    const before = await plan()
    expect(pairsOf(await plan({}, { shuffled: true }))).toEqual(pairsOf(before))
    expect(pairsOf(await plan({ seed: 3 }))).not.toEqual(pairsOf(before))
  })

  test('show a passage of at most the length of the entries', async () => {
    const { targets } = await plan({ rank: { maxChars: 30 } })
    for (const { distinction } of targets) expect(distinction?.text.length ?? 30).toBe(30)
  })

  test('may be of a single author, who is told from nobody', async () => {
    const { targets } = await plan({ split: { train: 1, validation: 0, test: 0 } }, { limit: 3 })
    expect(targets).toHaveLength(3)
    for (const { userId, distinction } of targets) expect(distinction).toMatchObject({ userId, sameAuthor: true })
  })
})

describe('word statistics of the dataset task', () => {
  test('are those of all documents of the training users', async () => {
    const { config, planned } = await plan()
    const training = users.filter((userId) => splitOf(userId, config) === 'train')
    const { documents: counted, df } = decodeDocumentFrequencies(planned.frequencies)
    expect(counted).toBe(9 * training.length)
    expect(df('letters')).toBe(9 * training.length)
    for (const [user, userId] of users.entries()) expect(df(`own${user}`)).toBe(training.includes(userId) ? 9 : 1)
  })

  test('leave out users without a target', async () => {
    const { planned } = await plan({ targets: { minPerUser: 8 } })
    expect(decodeDocumentFrequencies(planned.frequencies).documents).toBe(0)
    expect(planned.targets).toBe(0)
  })
})

describe('the users of targets', () => {
  test.each(['train', 'validation', 'test'] as const)('can be those of %s alone', async (part) => {
    const { config, targets } = await plan({ seed: 1, targets: { users: part } })
    const wanted = users.filter((userId) => splitOf(userId, config) === part)
    expect(new Set(targets.map(({ userId }) => userId))).toEqual(new Set(wanted))
  })

  test('can be all but those who teach the selectors', async () => {
    const { config, targets } = await plan({ targets: { users: 'heldOut' } })
    const wanted = users.filter((userId) => !teachesSelectors(userId, config))
    expect(new Set(targets.map(({ userId }) => userId))).toEqual(new Set(wanted))
  })
})

test('in a comparison every target comes once a method, one after the other', async () => {
  const { authors, planned } = await plan({ task: 'generate', compare: { methods: ['RecentDoc', 'RankDocBM25'] } })
  const targets = authors.flatMap((author) => author.targets)
  expect(planned.targets).toBe(2 * users.length)
  expect(targets.map(({ ordinal }) => ordinal)).toEqual([...targets.keys()])
  expect(targets.slice(0, 2).map(({ id, method }) => [id, method])).toEqual([
    ['user-0/d8|RecentDoc', 'RecentDoc'],
    ['user-0/d8|RankDocBM25', 'RankDocBM25'],
  ])
})
