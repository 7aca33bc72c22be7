import { parseConfig } from '@idiolect/contracts/config'
import { methods } from '@idiolect/contracts/method-names'
import { expect, test } from 'vitest'

import { chooseBaseline, chooseMethods } from './compare-choice.ts'

const config = parseConfig({})
const withSelectors = parseConfig({ summarize: { model: 'path:su.json' }, synthesize: { model: 'path:sy.json' } })

test('the methods named come in the paper’s order, each once', () => {
  expect(chooseMethods('+SynCtx, RankDocBM25,ImmedCtx,RankDocBM25', config)).toEqual([
    'ImmedCtx',
    'RankDocBM25',
    '+SynCtx',
  ])
  expect(chooseMethods('all', config)).toEqual(methods)
  expect(chooseMethods('ImmedCtx', parseConfig({ compare: { methods: ['UserID'] } }))).toEqual(['ImmedCtx'])
})

test('without names they are the configuration’s, else what there are models for', () => {
  expect(chooseMethods(undefined, parseConfig({ compare: { methods: ['UserID', 'ImmedCtx'] } }))).toEqual([
    'ImmedCtx',
    'UserID',
  ])
  const plain = chooseMethods(undefined, config)
  expect(plain).toEqual(methods.filter((method) => method !== 'LLMZeroShot').slice(0, 8))
  expect(plain.at(-1)).toBe('+SumCtxInd')
  const trained = chooseMethods(undefined, withSelectors)
  expect(trained).toEqual(methods.filter((method) => method !== 'LLMZeroShot' && method !== '+AuthorPred'))
  for (const chosen of [plain, trained]) {
    expect(() => parseConfig({ ...withSelectors, compare: { methods: chosen } })).not.toThrow()
  }
  expect(() => parseConfig({ compare: { methods: plain } })).not.toThrow()
})

test('a name that is no method’s is refused with those that are', () => {
  for (const named of ['RankDocBm25', '', 'ImmedCtx,']) {
    expect(() => chooseMethods(named, config)).toThrow(expect.objectContaining({ code: 'usage' }))
  }
})

test('the baseline is RankDocBySnpt or else the first, unless it is named', () => {
  expect(chooseBaseline(undefined, ['ImmedCtx', 'RankDocBySnpt'])).toBe('RankDocBySnpt')
  expect(chooseBaseline(undefined, ['UserID', '+SumCtx'])).toBe('UserID')
  expect(chooseBaseline('+SumCtx', ['UserID', '+SumCtx'])).toBe('+SumCtx')
  expect(() => chooseBaseline('RankDocBySnpt', ['UserID'])).toThrow(expect.objectContaining({ code: 'usage' }))
})
