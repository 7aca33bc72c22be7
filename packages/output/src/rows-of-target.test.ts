import { parseConfig } from '@idiolect/contracts/config'
import { splitOf, teachesSelectors } from '@idiolect/contracts/split'
import { expect, test } from 'vitest'

import { datasetColumns } from './dataset-columns.ts'
import { exampleTarget } from './dataset-for-tests.ts'
import { rowsOfTarget } from './rows-of-target.ts'
import type { DatasetSet } from './tables.ts'

const config = parseConfig({ task: 'dataset' })
const users = Array.from({ length: 200 }, (_, index) => `user${index}`)
const userIn = (holds: (userId: string) => boolean) => users.find(holds)!
const teacher = userIn((userId) => teachesSelectors(userId, config))
const other = userIn((userId) => splitOf(userId, config) === 'train' && !teachesSelectors(userId, config))
const tablesOf = (userId: string) => rowsOfTarget(exampleTarget(0, { userId }), config).map(({ table }) => table)

test('a target is in the sets of its user and in no other', () => {
  const ofTrain = ['generation/train', 'author-distinction/train']
  expect(tablesOf(teacher).sort()).toEqual([...ofTrain, 'summary/train', 'synthesis/train'].sort())
  expect(tablesOf(other).sort()).toEqual([...ofTrain].sort())
  for (const split of ['validation', 'test'] as const) {
    const tables = tablesOf(userIn((userId) => splitOf(userId, config) === split))
    expect(tables.sort()).toEqual(['generation', 'summary', 'synthesis'].map((set) => `${set}/${split}`))
  }
})

test('the rows have the columns of their set, in their order', () => {
  const rows = rowsOfTarget(exampleTarget(0, { userId: teacher }), config)
  expect(rows).toHaveLength(4)
  for (const { table, row } of rows) {
    const set = table.split('/')[0] as DatasetSet
    expect(Object.keys(row!)).toEqual(datasetColumns[set].map(({ name }) => name))
  }
})

test('the label of the generator is the whole target, those of Su and Sy are their examples', () => {
  const target = exampleTarget(0, { userId: teacher })
  const rows = rowsOfTarget(target, config).map(({ row }) => row)
  expect(rows).toMatchObject([
    { completion: target.reference, timestamp: '2001-09-09T01:46:40.000Z', summarySource: 'SumCtxInd' },
    { completion: 'An earlier text of u0.', chosen: [0], snippets: target.entrySnippets, summary: 'A summary.' },
    { completion: 'Keywords: text', chosen: ['text'], keyElementsSource: 'SynCtxInd' },
    { completion: 'true', otherUserId: 'u0', otherDocId: 'd0' },
  ])
})

test('an empty label leaves its row out, and says so', () => {
  const target = exampleTarget(0, {
    userId: teacher,
    summaryExample: { prompt: 'Summarize', completion: '', chosen: [] },
    synthesisExample: { prompt: 'Keywords', completion: 'Keywords: ', chosen: [] },
  })
  const left = rowsOfTarget(target, config).filter(({ row }) => row === null)
  expect(left.map(({ table }) => table)).toEqual(['summary/train', 'synthesis/train'])
})

test('author distinction asks about two passages, each cut to the length of the entries', () => {
  const short = parseConfig({ task: 'dataset', rank: { maxChars: 9 } })
  const row = rowsOfTarget(exampleTarget(0, { userId: other }), short).find(({ table }) =>
    table.startsWith('author'),
  )!.row
  expect(row).toMatchObject({
    prompt:
      'Predict whether two passages are from the same author\n\npassage 1:\nThe start\n\npassage 2:\nWhose wor\n\n',
  })
})

test('a part names the method that made it, and whether a language model did', () => {
  const sources = (settings: object) => {
    const asked = parseConfig({ task: 'dataset', ...settings })
    return rowsOfTarget(exampleTarget(0), asked)[0]!.row
  }
  expect(sources({ summarize: { method: 'SumCtx', kind: 'model' }, synthesize: { method: 'none' } })).toMatchObject({
    summarySource: 'SumCtx:model',
    keyElementsSource: 'none',
  })
  expect(sources({ summarize: { method: 'label', kind: 'model' }, synthesize: { method: 'label' } })).toMatchObject({
    summarySource: 'label',
    keyElementsSource: 'label',
  })
})

test('a request is nothing to learn from', () => {
  const { docId: _docId, reference: _reference, ...request } = exampleTarget(0)
  expect(() => rowsOfTarget(request, config)).toThrow('has no document to learn from')
})

test('the generate task has one row a target', () => {
  const rows = rowsOfTarget(exampleTarget(3), parseConfig({}))
  expect(rows).toMatchObject([{ table: 'generations', row: { id: 'u0/d3', reference: 'The start of text 3.' } }])
})
