import { type Config, parseConfig } from '@idiolect/contracts/config'
import { type Strategy, strategies } from '@idiolect/contracts/method-names'
import type { EmbeddedAuthor, SnippetPosition } from '@idiolect/contracts/records'
import { embeddedAuthorSchema, rankedTargetSchema } from '@idiolect/contracts/records'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { rankTargets } from './rank.ts'

const rankAuthor = (author: EmbeddedAuthor, config: Config) => [...rankTargets(author, config)]

type Numbers = number[][]

function base64(rows: Numbers): string {
  return Buffer.from(new Float32Array(rows.flat()).buffer).toString('base64')
}

/** An author whose document `d<i>` was written at time i; every target looks back on all of them unless told. */
function authorOf(
  texts: string[],
  options: {
    contexts?: string[]
    histories?: Array<[number, number]>
    vectors?: { contexts: Numbers; documents?: Numbers; positions?: SnippetPosition[]; snippets?: Numbers }
  } = {},
): EmbeddedAuthor {
  const { contexts = [''], vectors } = options
  return embeddedAuthorSchema.parse({
    userId: 'u',
    documents: texts.map((text, index) => ({ docId: `d${index}`, timestamp: index, title: '', text })),
    targets: contexts.map((context, index) => ({
      ordinal: index,
      id: `t${index}`,
      userId: 'u',
      timestamp: 1000,
      method: 'm',
      context,
      history: options.histories?.[index] ?? [0, texts.length],
    })),
    embeddings:
      vectors === undefined
        ? null
        : {
            dimensions: vectors.contexts[0]?.length,
            contexts: base64(vectors.contexts),
            ...(vectors.documents && { documents: base64(vectors.documents) }),
            ...(vectors.snippets && {
              snippets: { positions: vectors.positions, vectors: base64(vectors.snippets) },
            }),
          },
  })
}

function configFor(strategy: Strategy, rank: object = {}, synthesize: object = { method: 'none' }) {
  return parseConfig({ rank: { strategy, ...rank }, synthesize })
}

function rankedIds(author: EmbeddedAuthor, strategy: Strategy, rank: object = {}): string[][] {
  return rankAuthor(author, configFor(strategy, rank)).map((target) => target.entries.map((entry) => entry.docId))
}

const right = [1, 0]
const diagonal = [0.6, 0.8]
const up = [0, 1]

describe('the strategies', () => {
  test('RecentDoc gives the most recent document first', () => {
    expect(rankedIds(authorOf(['a', 'b', 'c']), 'RecentDoc')).toEqual([['d2', 'd1', 'd0']])
  })

  test('RankDocBM25 gives the document first that shares the rarest words with the context', () => {
    const author = authorOf(['the cat', 'the dog barks', 'the bird'], { contexts: ['The DOG'] })
    expect(rankedIds(author, 'RankDocBM25')[0]?.[0]).toBe('d1')
  })

  test('RankDocBM25 takes its statistics from the history of the target alone', () => {
    const texts = ['red', 'blue', 'red red', 'red green']
    const options = {
      contexts: ['red', 'red'],
      histories: [
        [0, 2],
        [0, 4],
      ] as Array<[number, number]>,
    }
    const [early, late] = rankAuthor(authorOf(texts, options), configFor('RankDocBM25'))
    const [alone] = rankAuthor(authorOf(texts.slice(0, 2), { contexts: ['red'] }), configFor('RankDocBM25'))
    expect(early?.entries).toEqual(alone?.entries)
    expect(late?.entries).toHaveLength(4)
  })

  test('RankDocDense orders documents by the similarity of their vectors to the context', () => {
    const vectors = { contexts: [right, up], documents: [up, diagonal, right] }
    const author = authorOf(['a', 'b', 'c'], { contexts: ['x', 'y'], vectors })
    expect(rankedIds(author, 'RankDocDense')).toEqual([
      ['d2', 'd1', 'd0'],
      ['d0', 'd1', 'd2'],
    ])
  })

  const snippetVectors = {
    contexts: [right],
    positions: [
      [0, 0, 3],
      [0, 3, 6],
      [1, 0, 3],
      [2, 0, 3],
    ] as SnippetPosition[],
    snippets: [up, right, diagonal, up],
  }

  test('RankSnippet gives snippets, each with its place in its document', () => {
    const [target] = rankAuthor(
      authorOf(['aa bb ', 'cc ', 'dd '], { vectors: snippetVectors }),
      configFor('RankSnippet'),
    )
    expect(target?.entries).toEqual([
      { docId: 'd0', snippet: 1, score: 1, text: 'bb' },
      { docId: 'd1', snippet: 0, score: 0.6, text: 'cc' },
      { docId: 'd2', snippet: 0, score: 0, text: 'dd' },
      { docId: 'd0', snippet: 0, score: 0, text: 'aa' },
    ])
  })

  test('RankDocBySnpt gives whole documents by their best snippet, of those retrieved', () => {
    const author = authorOf(['aa bb ', 'cc ', 'dd '], { vectors: snippetVectors })
    const [target] = rankAuthor(author, configFor('RankDocBySnpt', { topSnippets: 2 }))
    expect(target?.entries).toEqual([
      { docId: 'd0', score: 1, text: 'aa bb' },
      { docId: 'd1', score: 0.6, text: 'cc' },
    ])
  })
})

describe('the entries', () => {
  test('are cut to the budget: the last one is shortened, separators count, later ones are dropped', () => {
    const [target] = rankAuthor(
      authorOf(['xxxx', 'yyyy', 'zzzz']),
      configFor('RecentDoc', { maxChars: 8, separator: '--' }),
    )
    expect(target?.entries.map((entry) => entry.text)).toEqual(['zzzz', 'yy'])
  })

  test('are never cut inside a surrogate pair', () => {
    const [target] = rankAuthor(authorOf(['a😀b']), configFor('RecentDoc', { maxChars: 2 }))
    expect(target?.entries[0]?.text).toBe('a')
  })

  test('leave out documents without text', () => {
    expect(rankedIds(authorOf(['a', ' \n', '']), 'RecentDoc')).toEqual([['d0']])
  })

  test('come in the order of their scores as shown, the more recent first where those are equal', () => {
    const almost = [0.6 + 1e-8, 0.8]
    const author = authorOf(['a', 'b', 'c'], { vectors: { contexts: [right], documents: [almost, diagonal, up] } })
    expect(rankedIds(author, 'RankDocDense')).toEqual([['d1', 'd0', 'd2']])
  })

  test('hold for every strategy: only the history, within the budget, best first, parts of the documents', () => {
    const unit = fc.double({ min: -1, max: 1, noNaN: true })
    const vector = fc.tuple(unit, unit)
    const text = fc.array(fc.constantFrom('a', 'b ', '😀', '.\n', ' '), { maxLength: 8 }).map((parts) => parts.join(''))
    const document = fc.record({ text, vector })
    fc.assert(
      fc.property(
        fc.constantFrom(...strategies),
        fc.array(document, { minLength: 1, maxLength: 6 }),
        fc.array(fc.tuple(fc.nat(6), fc.nat(6), vector), { minLength: 1, maxLength: 3 }),
        fc.integer({ min: 1, max: 20 }),
        (strategy, documents, targets, maxChars) => {
          const bound = (index: number) => Math.min(index, documents.length)
          const author = authorOf(
            documents.map(({ text }) => text),
            {
              contexts: targets.map(() => 'a b'),
              histories: targets.map(([a, b]) => [bound(Math.min(a, b)), bound(Math.max(a, b))]),
              vectors: {
                contexts: targets.map(([, , vector]) => vector),
                documents: documents.map(({ vector }) => vector),
                positions: documents.map(({ text }, index) => [index, 0, text.length]),
                snippets: documents.map(({ vector }) => vector),
              },
            },
          )
          const config = configFor(strategy, { maxChars, separator: '|' })
          rankAuthor(author, config).forEach((target, index) => {
            const [from, to] = author.targets[index]?.history ?? [0, 0]
            expect(rankedTargetSchema.parse(target)).toEqual(target)
            expect(target.entries.map(({ text }) => text).join('|').length).toBeLessThanOrEqual(maxChars)
            target.entries.forEach((entry, place) => {
              const source = author.documents.findIndex(({ docId }) => docId === entry.docId)
              expect(source).toBeGreaterThanOrEqual(from)
              expect(source).toBeLessThan(to)
              expect(entry.text).not.toBe('')
              expect(author.documents[source]?.text).toContain(entry.text)
              expect(entry.score).toBeLessThanOrEqual(target.entries[place - 1]?.score ?? Number.POSITIVE_INFINITY)
            })
          })
          expect(rankAuthor(author, config)).toEqual(rankAuthor(author, config))
        },
      ),
    )
  })
})

describe('the words of the history', () => {
  const synthesize = { method: 'SynCtxInd' }

  test('are those that occur more than once in all of D_t, without stop words, most frequent first', () => {
    const author = authorOf(['The zebra and the apple', 'a zebra, an APPLE, a pear', 'zebra'])
    const [target] = rankAuthor(author, configFor('RecentDoc', {}, synthesize))
    expect(target?.historyWords).toEqual([
      ['zebra', 3],
      ['apple', 2],
    ])
  })

  test('are the same whether an author has one target or many', () => {
    const word = fc.constantFrom('ant', 'bee', 'cat', 'dog')
    const text = fc.array(word, { maxLength: 6 }).map((parts) => parts.join(' '))
    fc.assert(
      fc.property(
        fc.array(text, { minLength: 5, maxLength: 5 }),
        fc.array(fc.tuple(fc.nat(5), fc.nat(5))),
        (texts, pairs) => {
          const histories = pairs.map(([a, b]): [number, number] => [Math.min(a, b), Math.max(a, b)])
          if (histories.length === 0) return
          const contexts = histories.map(() => '')
          const config = configFor('RecentDoc', {}, synthesize)
          const together = rankAuthor(authorOf(texts, { contexts, histories }), config)
          histories.forEach((history, index) => {
            const [alone] = rankAuthor(authorOf(texts, { histories: [history] }), config)
            expect(together[index]?.historyWords).toEqual(alone?.historyWords)
          })
        },
      ),
    )
  })

  test('are left out where nobody asks for them', () => {
    const [target] = rankAuthor(authorOf(['bee bee']), configFor('RecentDoc', {}, { method: 'none' }))
    expect(target?.historyWords).toEqual([])
  })
})
