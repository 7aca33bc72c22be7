import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { parseConfig } from '@idiolect/contracts/config'
import { type Author, authorSchema } from '@idiolect/contracts/records'
import { decodeDocumentFrequencies } from '@idiolect/text/document-frequencies'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { type Corpus, ingest } from './ingest.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'idiolect-ingest-'))
})
afterEach(() => rm(folder, { recursive: true }))

const day = 86_400_000
const start = Date.UTC(2020, 0)

/** A long text of its own; `key` decides it. */
function textOf(key: string, words = 80): string {
  return Array.from({ length: words }, (_, index) =>
    createHash('md5').update(`${key} ${index}`).digest('hex').slice(0, 6),
  ).join(' ')
}

interface Row {
  userId: string
  docId: string
  timestamp: number
  title?: string
  text: string
}

function row(userId: string, days: number, changes: Partial<Row> = {}): Row {
  return {
    userId,
    docId: `d${days}`,
    timestamp: start + days * day,
    title: '',
    text: textOf(`${userId} ${days}`),
    ...changes,
  }
}

const lines = (rows: readonly unknown[]) =>
  rows.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))).join('\n')

interface Given {
  documents: readonly unknown[]
  requests?: readonly unknown[]
}

async function open({ documents, requests }: Given): Promise<Corpus> {
  await writeFile(join(folder, 'documents.jsonl'), lines(documents))
  if (requests !== undefined) await writeFile(join(folder, 'requests.jsonl'), lines(requests))
  return ingest({
    inputs: [join(folder, 'documents.jsonl')],
    requests: requests === undefined ? [] : [join(folder, 'requests.jsonl')],
    workDir: join(folder, 'work'),
    rejects: join(folder, 'rejects.jsonl'),
  })
}

async function rejects(): Promise<{ file: string; line: number; code: string; reason: string }[]> {
  const text = await readFile(join(folder, 'rejects.jsonl'), 'utf8')
  return text === ''
    ? []
    : text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line))
}

type Changes = Parameters<typeof parseConfig>[0]

async function authorsOf(corpus: Corpus, changes: Changes, limit?: number): Promise<Author[]> {
  const authors: Author[] = []
  for await (const author of corpus.authors(parseConfig(changes), { limit })) authors.push(authorSchema.parse(author))
  return authors
}

/** Every target with the ids of the documents it looks back on. */
function histories(authors: readonly Author[]): [id: string, history: string[]][] {
  return authors.flatMap(({ documents, targets }) =>
    targets.map((target): [string, string[]] => [
      target.id,
      documents.slice(...target.history).map(({ docId }) => docId),
    ]),
  )
}

const all = { targets: { select: 'all' } }

describe('reading', () => {
  it('writes each bad line with file, line, code and reason, and counts add up', async () => {
    const corpus = await open({ documents: [row('a', 1), 'oops', { ...row('a', 2), text: '' }, row('a', 3)] })
    expect(corpus.counts).toMatchObject({ read: 4, rejected: 2, duplicates: 0, repeated: 0, documents: 2, authors: 1 })
    const file = join(folder, 'documents.jsonl')
    expect(await rejects()).toEqual([
      { file, line: 2, code: 'invalid_json', reason: 'the record is not valid JSON' },
      { file, line: 3, code: 'empty_text', reason: 'text is empty' },
    ])
    await corpus.close()
  })

  it('gives digest and size of each file', async () => {
    const corpus = await open({ documents: [row('a', 1)] })
    const content = await readFile(join(folder, 'documents.jsonl'))
    const sha256 = createHash('sha256').update(content).digest('hex')
    expect(corpus.inputs).toEqual([{ path: join(folder, 'documents.jsonl'), sha256, bytes: content.length }])
    await corpus.close()
  })

  it('says that a file is missing', async () => {
    const options = { requests: [], workDir: join(folder, 'work'), rejects: join(folder, 'rejects.jsonl') }
    await expect(ingest({ ...options, inputs: [join(folder, 'none.jsonl')] })).rejects.toMatchObject({
      code: 'input_missing',
    })
    await expect(ingest({ ...options, inputs: [join(folder, 'none*.jsonl')] })).rejects.toMatchObject({
      code: 'input_missing',
    })
    await expect(ingest({ ...options, inputs: [folder] })).rejects.toMatchObject({ code: 'input_missing' })
  })

  it('says that nothing of the input can be used, and leaves the rejects', async () => {
    await expect(open({ documents: ['a', 'b'] })).rejects.toMatchObject({
      code: 'input_unusable',
      message: expect.stringContaining('invalid_json 2'),
    })
    expect(await rejects()).toHaveLength(2)
    await expect(open({ documents: [] })).rejects.toMatchObject({ code: 'input_unusable' })
  })

  it('uses the database again for the same files and builds it anew for others', async () => {
    const documents = [row('a', 1), 'bad']
    await (await open({ documents })).close()
    await rm(join(folder, 'rejects.jsonl'))
    // The same size and time, other bytes: only a second reading would see them.
    const time = new Date(start)
    const path = join(folder, 'documents.jsonl')
    await utimes(path, time, time)
    const options = {
      inputs: [path],
      requests: [],
      workDir: join(folder, 'work'),
      rejects: join(folder, 'rejects.jsonl'),
    }
    const first = await ingest(options)
    await first.close()
    await writeFile(path, lines([row('b', 1), 'bad']))
    await utimes(path, time, time)
    const again = await ingest(options)
    expect(again.counts).toEqual(first.counts)
    expect(again.inputs).toEqual(first.inputs)
    expect(await rejects()).toHaveLength(1)
    await again.close()
    await writeFile(path, lines([row('b', 1), row('b', 2), 'bad']))
    const other = await ingest(options)
    expect(other.counts.documents).toBe(2)
    await other.close()
  })

  it('stops when it is told to', async () => {
    await writeFile(join(folder, 'documents.jsonl'), lines([row('a', 1)]))
    const options = {
      inputs: [join(folder, 'documents.jsonl')],
      requests: [],
      workDir: folder,
      rejects: join(folder, 'r.jsonl'),
    }
    await expect(ingest({ ...options, signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' })
  })
})

describe('duplicates', () => {
  it('keeps one of identical lines, the earliest of a docId, and the earliest of a text', async () => {
    const corpus = await open({
      documents: [
        row('a', 2),
        row('a', 2),
        row('a', 3, { docId: 'd2' }),
        row('a', 9, { text: row('a', 2).text }),
        row('b', 2, { text: row('a', 2).text }),
        row('a', 1),
      ],
    })
    expect(corpus.counts).toMatchObject({ read: 6, rejected: 1, duplicates: 1, repeated: 1, documents: 3, authors: 2 })
    expect(await rejects()).toMatchObject([{ line: 3, code: 'duplicate_id' }])
    await corpus.close()
  })

  it('makes the same corpus of any order of lines', async () => {
    const pick = fc.record({
      userId: fc.constantFrom('a', 'b', 'é', '漢', '😀', '\uffff'),
      docId: fc.constantFrom('1', '2', '3', 'x/y'),
      timestamp: fc.integer({ min: 0, max: 4 }).map((days) => start + days * day),
      title: fc.constantFrom('', 'title'),
      text: fc.constantFrom('p', 'q', 'r', 's').map((key) => textOf(key)),
    })
    const orders = fc
      .array(pick, { minLength: 1, maxLength: 14 })
      .chain((documents) =>
        fc.tuple(fc.constant(documents), fc.shuffledSubarray(documents, { minLength: documents.length })),
      )
    const made = async (documents: Row[]) => {
      const corpus = await open({ documents })
      const found = {
        counts: corpus.counts,
        authors: await authorsOf(corpus, all),
        codes: (await rejects()).map(({ code }) => code),
      }
      await corpus.close()
      return found
    }
    await fc.assert(
      fc.asyncProperty(orders, async ([documents, shuffled]) => {
        const found = await made(documents)
        expect(await made(shuffled)).toEqual(found)
        const { read, rejected, duplicates, repeated, documents: kept } = found.counts
        expect(rejected + duplicates + repeated + kept).toBe(read)
      }),
      { numRuns: 12 },
    )
  }, 180_000)
})

describe('targets', () => {
  const documents = [
    row('a', 1),
    row('a', 2),
    row('a', 3),
    row('a', 4),
    row('a', 5, { text: 'short' }),
    row('b', 1),
    row('b', 2),
  ]

  it('takes the last long document with enough history', async () => {
    const corpus = await open({ documents })
    expect(histories(await authorsOf(corpus, {}))).toEqual([['a/d4', ['d1', 'd2', 'd3']]])
    await corpus.close()
  })

  it('takes every long document with enough history, in order, from 0 without a gap', async () => {
    const corpus = await open({ documents: [...documents, row('b', 3), row('B', 1), row('B', 2), row('B', 3)] })
    const authors = await authorsOf(corpus, all)
    expect(histories(authors)).toEqual([
      ['B/d3', ['d1', 'd2']],
      ['a/d3', ['d1', 'd2']],
      ['a/d4', ['d1', 'd2', 'd3']],
      ['b/d3', ['d1', 'd2']],
    ])
    expect(authors.flatMap(({ targets }) => targets.map(({ ordinal }) => ordinal))).toEqual([0, 1, 2, 3])
    await corpus.close()
  })

  it('gives the start and the whole of the target, and counts the title in', async () => {
    const corpus = await open({ documents: [row('a', 1), row('a', 2), row('a', 3, { title: 'The title' })] })
    const [author] = await authorsOf(corpus, {})
    const whole = `The title\n${row('a', 3).text}`
    expect(author!.targets).toEqual([
      {
        ordinal: 0,
        id: 'a/d3',
        userId: 'a',
        docId: 'd3',
        timestamp: start + 3 * day,
        method: 'RankDocBySnpt+SumCtxInd+SynCtxInd',
        context: whole.slice(0, 150),
        reference: whole,
        history: [0, 2],
      },
    ])
    await corpus.close()
  })

  it('does not count documents of the same time as the past', async () => {
    const sameTime = row('a', 3, { docId: 'other', text: textOf('other') })
    const corpus = await open({ documents: [row('a', 1), row('a', 2), row('a', 3), sameTime] })
    expect(histories(await authorsOf(corpus, all))).toEqual([
      ['a/d3', ['d1', 'd2']],
      ['a/other', ['d1', 'd2']],
    ])
    await corpus.close()
  })

  it('bounds the history to the most recent documents', async () => {
    const corpus = await open({ documents: [1, 2, 3, 4, 5].map((days) => row('a', days)) })
    expect(histories(await authorsOf(corpus, { history: { maxDocuments: 2 } }))).toEqual([['a/d5', ['d3', 'd4']]])
    await corpus.close()
  })

  it('drops a target whose near-copy stands in its history, and counts it', async () => {
    const copy = `${row('a', 1).text.toUpperCase()}  one more word.`
    const corpus = await open({ documents: [row('a', 1), row('a', 2), row('a', 3), row('a', 4, { text: copy })] })
    const config = parseConfig(all)
    expect(await corpus.plan(config)).toMatchObject({ targets: 1, dropped: { nearCopies: 1 } })
    expect(histories(await authorsOf(corpus, all))).toEqual([['a/d3', ['d1', 'd2']]])
    expect(await corpus.plan(parseConfig({}))).toMatchObject({ targets: 0, authors: 0, dropped: { nearCopies: 1 } })
    await corpus.close()
  })

  it('stops at the limit', async () => {
    const corpus = await open({ documents: [...documents, row('b', 3)] })
    expect(await corpus.plan(parseConfig(all), { limit: 2 })).toMatchObject({ targets: 2, authors: 1 })
    expect(histories(await authorsOf(corpus, all, 2)).map(([id]) => id)).toEqual(['a/d3', 'a/d4'])
    expect(histories(await authorsOf(corpus, all)).map(([id]) => id)).toEqual(['a/d3', 'a/d4', 'b/d3'])
    await corpus.close()
  })

  it('bounds the targets of an author from both sides in the dataset task, by a sample that the seed decides', async () => {
    const many = Array.from({ length: 12 }, (_, days) => row('a', days))
    const few = Array.from({ length: 4 }, (_, days) => row('b', days))
    const corpus = await open({ documents: [...many, ...few] })
    const dataset = (seed: number) => ({
      task: 'dataset',
      seed,
      targets: { select: 'all', minPerUser: 3, maxPerUser: 5 },
    })
    const plan = await corpus.plan(parseConfig(dataset(1)))
    expect(plan).toMatchObject({ targets: 5, authors: 1, dropped: { belowMinPerUser: 2, aboveMaxPerUser: 5 } })
    const one = histories(await authorsOf(corpus, dataset(1)))
    expect(histories(await authorsOf(corpus, dataset(2)))).not.toEqual(one)
    expect(histories(await authorsOf(corpus, dataset(1)))).toEqual(one)
    await corpus.close()
  })

  it('counts word frequencies over the documents that are nobody’s target, where Synthesize asks for them', async () => {
    const corpus = await open({ documents: [row('a', 1), row('a', 2), row('a', 3)] })
    const word = row('a', 1).text.split(' ')[0]!
    const counted = decodeDocumentFrequencies((await corpus.plan(parseConfig({}))).frequencies)
    expect([counted.documents, counted.df(word)]).toEqual([2, 1])
    const none = decodeDocumentFrequencies(
      (await corpus.plan(parseConfig({ synthesize: { method: 'none' } }))).frequencies,
    )
    expect(none.documents).toBe(0)
    await corpus.close()
  })

  it('gives ids that are different even where slashes stand in them', async () => {
    const authors = [
      ...[1, 2].map((days) => row('a/b', days)),
      row('a/b', 3, { docId: 'c' }),
      ...[1, 2].map((days) => row('a', days)),
      row('a', 3, { docId: 'b/c' }),
    ]
    const corpus = await open({ documents: authors })
    expect(histories(await authorsOf(corpus, {})).map(([id]) => id)).toEqual(['a/b/c', 'a%2Fb/c'])
    await corpus.close()
  })

  it('cuts an author of 5,000 targets into records of bounded size without losing one or its history', async () => {
    const prolific = Array.from({ length: 5_002 }, (_, minutes) => ({
      ...row('a', 0, { docId: `d${minutes}`, text: textOf(String(minutes), 45) }),
      timestamp: start + minutes * 60_000,
    }))
    const corpus = await open({ documents: prolific })
    let next = 2
    for await (const { documents: known, targets } of corpus.authors(
      parseConfig({ ...all, history: { maxDocuments: 50 } }),
    )) {
      expect(targets.length).toBeLessThanOrEqual(256)
      expect(known.length).toBeLessThanOrEqual(256 + 50)
      for (const { id, history } of targets) {
        expect(id).toBe(`a/d${next}`)
        expect([known[history[0]]!.docId, known[history[1] - 1]!.docId]).toEqual([
          `d${Math.max(0, next - 50)}`,
          `d${next - 1}`,
        ])
        next += 1
      }
    }
    expect(next).toBe(5_002)
    await corpus.close()
  })
})

describe('requests', () => {
  const documents = [row('a', 1), row('a', 2), row('a', 3), row('😀', 1), row('b', 1)]
  const select = { targets: { select: 'requests' } }

  it('look back on what their author wrote before them, or on everything', async () => {
    const requests = [
      { requestId: 'r3', userId: '😀', context: 'Hello' },
      { requestId: 'r2', userId: 'a', context: 'Hello' },
      { requestId: 'r1', userId: 'a', context: 'x'.repeat(400), timestamp: start + 3 * day },
    ]
    const corpus = await open({ documents, requests })
    const authors = await authorsOf(corpus, select)
    expect(histories(authors)).toEqual([
      ['r1', ['d1', 'd2']],
      ['r2', ['d1', 'd2', 'd3']],
      ['r3', ['d1']],
    ])
    expect(authors[0]!.targets[0]).toEqual({
      ordinal: 0,
      id: 'r1',
      userId: 'a',
      timestamp: start + 3 * day,
      method: 'RankDocBySnpt+SumCtxInd+SynCtxInd',
      context: 'x'.repeat(150),
      history: [0, 2],
    })
    expect(await corpus.plan(parseConfig(select))).toMatchObject({ targets: 3, authors: 2 })
    expect(histories(await authorsOf(corpus, select, 1)).map(([id]) => id)).toEqual(['r1'])
    await corpus.close()
  })

  it('are rejected without a context, with an id that is taken, or where their author wrote nothing before', async () => {
    const requests = [
      { requestId: 'r1', userId: 'a', context: 'Hello' },
      { requestId: 'r1', userId: 'a', context: 'Hello' },
      { requestId: 'r1', userId: 'b', context: 'Hello' },
      { requestId: 'r2', userId: 'nobody', context: 'Hello' },
      { requestId: 'r3', userId: 'a', context: 'Hello', timestamp: start + day },
      { requestId: 'r4', userId: 'a', context: ' ' },
    ]
    const corpus = await open({ documents, requests })
    expect(corpus.counts).toMatchObject({
      requestsRead: 6,
      requestsRejected: 4,
      requestsDuplicates: 1,
      requests: 1,
      rejected: 0,
    })
    expect((await rejects()).map(({ line, code }) => [line, code])).toEqual([
      [3, 'duplicate_id'],
      [4, 'no_history'],
      [5, 'no_history'],
      [6, 'empty_text'],
    ])
    await corpus.close()
  })

  it('must be given where they are selected, and must not all be bad', async () => {
    const corpus = await open({ documents })
    await expect(corpus.plan(parseConfig(select))).rejects.toMatchObject({ code: 'usage' })
    await corpus.close()
    await expect(open({ documents, requests: ['bad'] })).rejects.toMatchObject({ code: 'input_unusable' })
  })
})
