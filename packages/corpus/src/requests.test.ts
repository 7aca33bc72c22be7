import { parseConfig } from '@idiolect/contracts/config'
import { describe, expect, it } from 'vitest'

import { authorsOf, corpusFolder, day, histories, row, start } from './corpus-for-tests.ts'

const folder = corpusFolder()

describe('requests', () => {
  const documents = [row('a', 1), row('a', 2), row('a', 3), row('😀', 1), row('b', 1)]
  const select = { targets: { select: 'requests' } }

  it('look back on what their author wrote before them, or on everything', async () => {
    const requests = [
      { requestId: 'r3', userId: '😀', context: 'Hello' },
      { requestId: 'r2', userId: 'a', context: 'Hello' },
      { requestId: 'r1', userId: 'a', context: 'x'.repeat(400), timestamp: start + 3 * day },
    ]
    const corpus = await folder.open({ documents, requests })
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
    expect(await corpus.plan(parseConfig(select))).toMatchObject({ targets: 3, authors: 2, historiesCut: 0 })
    const cut = async (history: object) => (await corpus.plan(parseConfig({ ...select, history }))).historiesCut
    const chars = row('a', 1).text.length
    expect([await cut({ maxDocuments: 2 }), await cut({ maxChars: chars }), await cut({ maxChars: 1 })]).toEqual([
      1, 2, 2,
    ])
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
    const corpus = await folder.open({ documents, requests })
    expect(corpus.counts).toMatchObject({
      requestsRead: 6,
      requestsRejected: 4,
      requestsDuplicates: 1,
      requests: 1,
      rejected: 0,
    })
    expect((await folder.rejects()).map(({ line, code }) => [line, code])).toEqual([
      [3, 'duplicate_id'],
      [4, 'no_history'],
      [5, 'no_history'],
      [6, 'empty_text'],
    ])
    await corpus.close()
  })

  it('must be given where they are selected, and must not all be bad', async () => {
    const corpus = await folder.open({ documents })
    await expect(corpus.plan(parseConfig(select))).rejects.toMatchObject({ code: 'usage' })
    await corpus.close()
    await expect(folder.open({ documents, requests: ['bad'] })).rejects.toMatchObject({ code: 'input_unusable' })
  })
})
