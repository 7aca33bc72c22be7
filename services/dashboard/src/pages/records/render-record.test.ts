import { parseConfig } from '@idiolect/contracts/config'
import { expect, test } from 'vitest'

import { renderRecord } from './render-record.ts'

const render = (row: Record<string, unknown>, config = parseConfig({})) =>
  renderRecord(row, { config, index: 0 }).markup

const target = { id: 'd1', userId: 'ada', docId: 'd1', timestamp: '2026-03-01T09:30:00.000Z' }
const entry = { docId: 'd0', score: 0.5, text: 'Sails first. Mast then.' }

test('a weak label of the summarizer is shown as the snippets that it chose, with their nearness', () => {
  const snippets = [
    { entry: 0, start: 0, end: 12, contextSimilarity: 0.25, centrality: 0, recency: 1 },
    { entry: 0, start: 13, end: 23, contextSimilarity: 0.75, centrality: 0, recency: 1 },
  ]
  const label = { snippets, chosen: [1], completion: 'Mast then.' }
  const markup = render({ ...target, prompt: 'p', context: 'Mast', entries: [entry], summary: '', ...label })
  expect(markup).toContain('0.750 to the start, entry 1</small><p class="text" dir="auto">Mast then.')
  expect(markup).not.toContain('<h3>Completion</h3>')
})

test('a weak label of the synthesizer is shown as its words, and a passage of another author by its name', () => {
  expect(render({ ...target, prompt: 'p', chosen: ['sails'], completion: 'Keywords: sails' })).toContain(
    '<li>sails</li>',
  )
  const markup = render({ ...target, prompt: 'p', completion: 'false', otherUserId: 'bob', otherDocId: 'd7' })
  expect(markup).toContain('The other passage is d7 by bob.')
  expect(markup).toContain('<h3>Completion</h3><p class="text" dir="auto">false</p>')
})

test('in a comparison the strategy is that of the method, and the score is told as it means it', () => {
  const config = parseConfig({ compare: { methods: ['RecentDoc', 'RankDocBM25'] } })
  const entries = [{ ...entry, score: Date.UTC(2026, 1, 3) }]
  const markup = render({ ...target, method: 'RecentDoc', context: 'x', entries }, config)
  expect(markup).toContain('<strong>RecentDoc</strong>')
  expect(markup).toContain('<strong>2026-02-03</strong>')
})

test('a text of a megabyte is folded away and cut', () => {
  const markup = render({ ...target, output: 'word '.repeat(200_000) })
  expect(markup.length).toBeLessThan(60_000)
  expect(markup).toContain('997,000 characters more')
  expect(markup).toContain('Cut here: 970,000 characters more are in the folder.')
})

test('what Parquet fills with nulls and what is of another version is shown too', () => {
  expect(render({ ...target, completion: 'text', summary: null, entries: [{ ...entry, snippet: null }] })).toContain(
    'd0',
  )
  expect(render({ id: 7, text: '<b>' })).toContain('&quot;&lt;b&gt;&quot;')
})
