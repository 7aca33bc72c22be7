import { parseConfig } from '@idiolect/contracts/config'
import { decodeDocumentFrequencies } from '@idiolect/text/document-frequencies'
import { describe, expect, it } from 'vitest'

import { authorsOf, corpusFolder, day, histories, row, start, textOf } from './corpus-for-tests.ts'

const folder = corpusFolder()

const all = { targets: { select: 'all' } }

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
    const corpus = await folder.open({ documents })
    expect(histories(await authorsOf(corpus, {}))).toEqual([['a/d4', ['d1', 'd2', 'd3']]])
    await corpus.close()
  })

  it('takes every long document with enough history, in order, from 0 without a gap', async () => {
    const corpus = await folder.open({ documents: [...documents, row('b', 3), row('B', 1), row('B', 2), row('B', 3)] })
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
    const corpus = await folder.open({ documents: [row('a', 1), row('a', 2), row('a', 3, { title: 'The title' })] })
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
    const corpus = await folder.open({ documents: [row('a', 1), row('a', 2), row('a', 3), sameTime] })
    expect(histories(await authorsOf(corpus, all))).toEqual([
      ['a/d3', ['d1', 'd2']],
      ['a/other', ['d1', 'd2']],
    ])
    await corpus.close()
  })

  it('bounds the history to the most recent documents, and to those that have room, and counts whose was cut', async () => {
    const corpus = await folder.open({ documents: [1, 2, 3, 4, 5].map((days) => row('a', days)) })
    const chars = row('a', 1).text.length
    const bound = async (history: object, select: 'last' | 'all') => {
      const changes = { history, targets: { select } }
      const { historiesCut } = await corpus.plan(parseConfig(changes))
      return { historiesCut, histories: histories(await authorsOf(corpus, changes)).map(([, ids]) => ids) }
    }
    expect(await bound({ maxDocuments: 2 }, 'last')).toEqual({ historiesCut: 1, histories: [['d3', 'd4']] })
    const two = [
      ['d1', 'd2'],
      ['d2', 'd3'],
      ['d3', 'd4'],
    ]
    expect(await bound({ maxDocuments: 2 }, 'all')).toEqual({ historiesCut: 2, histories: two })
    expect(await bound({ maxChars: 2 * chars }, 'all')).toEqual({ historiesCut: 2, histories: two })
    expect(await bound({ maxChars: 1 }, 'last')).toEqual({ historiesCut: 1, histories: [['d4']] })
    expect(await bound({ maxDocuments: 4 }, 'all')).toMatchObject({ historiesCut: 0 })
    await corpus.close()
  })

  it('looks for near-copies among what a target looks back on alone', async () => {
    const copy = `${row('a', 1).text} one more word.`
    const documents = [...[1, 2, 3, 4].map((days) => row('a', days)), row('a', 5, { text: copy })]
    const corpus = await folder.open({ documents })
    const dropped = async (history: object) => (await corpus.plan(parseConfig({ ...all, history }))).dropped.nearCopies
    expect([await dropped({ maxDocuments: 4 }), await dropped({ maxDocuments: 3 })]).toEqual([1, 0])
    expect(await dropped({ maxChars: 3 * copy.length })).toBe(0)
    await corpus.close()
  })

  it('drops a target whose near-copy stands in its history, and counts it', async () => {
    const copy = `${row('a', 1).text.toUpperCase()}  one more word.`
    const corpus = await folder.open({
      documents: [row('a', 1), row('a', 2), row('a', 3), row('a', 4, { text: copy })],
    })
    const config = parseConfig(all)
    expect(await corpus.plan(config)).toMatchObject({ targets: 1, dropped: { nearCopies: 1 } })
    expect(histories(await authorsOf(corpus, all))).toEqual([['a/d3', ['d1', 'd2']]])
    expect(await corpus.plan(parseConfig({}))).toMatchObject({ targets: 0, authors: 0, dropped: { nearCopies: 1 } })
    await corpus.close()
  })

  it('stops at the limit', async () => {
    const corpus = await folder.open({ documents: [...documents, row('b', 3)] })
    expect(await corpus.plan(parseConfig(all), { limit: 2 })).toMatchObject({ targets: 2, authors: 1 })
    expect(histories(await authorsOf(corpus, all, 2)).map(([id]) => id)).toEqual(['a/d3', 'a/d4'])
    expect(histories(await authorsOf(corpus, all)).map(([id]) => id)).toEqual(['a/d3', 'a/d4', 'b/d3'])
    await corpus.close()
  })

  it('bounds the targets of an author from both sides in the dataset task, by a sample that the seed decides', async () => {
    const many = Array.from({ length: 12 }, (_, days) => row('a', days))
    const few = Array.from({ length: 4 }, (_, days) => row('b', days))
    const corpus = await folder.open({ documents: [...many, ...few] })
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
    const corpus = await folder.open({ documents: [row('a', 1), row('a', 2), row('a', 3)] })
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
    const corpus = await folder.open({ documents: authors })
    expect(histories(await authorsOf(corpus, {})).map(([id]) => id)).toEqual(['a/b/c', 'a%2Fb/c'])
    await corpus.close()
  })

  it('cuts an author of 5,000 targets into records of bounded size without losing one or its history', async () => {
    const prolific = Array.from({ length: 5_002 }, (_, minutes) => ({
      ...row('a', 0, { docId: `d${minutes}`, text: textOf(String(minutes), 45) }),
      timestamp: start + minutes * 60_000,
    }))
    const corpus = await folder.open({ documents: prolific })
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
