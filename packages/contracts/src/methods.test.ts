import { expect, test } from 'vitest'

import { parseConfig } from './config.ts'
import { methods } from './method-names.ts'
import { configFor, methodNames, runConfigs } from './methods.ts'
import { neededVectors } from './needs.ts'

const withModels = { summarize: { kind: 'model' }, synthesize: { kind: 'model' } }
const all = parseConfig({ ...withModels, compare: { methods, authorPredModel: 'path:/trained' } })

function shown(method: string) {
  const { rank, summarize, synthesize, prompt } = configFor(all, method)
  return [rank.strategy, summarize.method, synthesize.method, prompt.start, prompt.entries, prompt.user]
}

test.each([
  ['ImmedCtx', ['RankDocBySnpt', 'none', 'none', 'first', false, false]],
  ['UserID', ['RankDocBySnpt', 'none', 'none', 'first', false, true]],
  ['LLMZeroShot', ['RankDocBySnpt', 'SumCtx', 'SynCtx', 'first', true, false]],
  ['RecentDoc', ['RecentDoc', 'none', 'none', 'first', true, false]],
  ['RankDocBM25', ['RankDocBM25', 'none', 'none', 'first', true, false]],
  ['+SumCtxInd', ['RankDocBySnpt', 'SumCtxInd', 'none', 'first', true, false]],
  ['+SumCtx', ['RankDocBySnpt', 'SumCtx', 'none', 'first', true, false]],
  ['+SynCtxInd', ['RankDocBySnpt', 'SumCtx', 'SynCtxInd', 'first', true, false]],
  ['+SynCtx', ['RankDocBySnpt', 'SumCtx', 'SynCtx', 'first', true, false]],
  ['NoRankedEntries', ['RankDocBySnpt', 'SumCtx', 'SynCtx', 'first', false, false]],
  ['RemoveDocStart', ['RankDocBySnpt', 'SumCtx', 'SynCtx', 'none', true, false]],
  ['ImmedCtxAtEnd', ['RankDocBySnpt', 'SumCtx', 'SynCtx', 'last', true, false]],
])('%s differs from the run in what the paper changes', (method, expected) => {
  expect(shown(method)).toEqual(expected)
})

test('the trained generator of +AuthorPred is its own, the others share one', () => {
  const models = new Set(runConfigs(all).map(({ generate }) => generate.model))
  expect(configFor(all, '+AuthorPred').generate.model).toBe('path:/trained')
  expect(models.size).toBe(2)
})

test('a comparison makes the vectors that any of its methods needs, once', () => {
  const needed = (...compared: string[]) =>
    neededVectors(parseConfig({ ...withModels, compare: { methods: compared } }))
  expect(needed('RecentDoc', 'RankDocBM25')).toEqual({ documents: false, snippets: false })
  expect(needed('RankDocBM25', 'RankDocDense')).toEqual({ documents: true, snippets: false })
  expect(needed('RankDocDense', '+SumCtxInd')).toEqual({ documents: true, snippets: true })
})

test('a run that compares nothing is named by what it does', () => {
  expect(methodNames(parseConfig({}))).toEqual(['RankDocBySnpt+SumCtxInd+SynCtxInd'])
  expect(methodNames(all)).toEqual(methods)
})
