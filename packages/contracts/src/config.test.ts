import { expect, test } from 'vitest'

import { parseConfig } from './config.ts'

test.each([
  ['summarize', { method: 'SumCtx' }, 'summarize.method: SumCtx of kind extractive needs a trained selector'],
  ['synthesize', { method: 'SynCtx' }, 'synthesize.method: SynCtx of kind extractive needs a trained selector'],
  ['summarize', { method: 'label', kind: 'model' }, 'summarize.method: label belongs to the dataset task'],
])('%s with %j is refused with the reason', (stage, settings, message) => {
  expect(() => parseConfig({ [stage]: settings })).toThrow(message)
})

test('the methods that see the context are there with a language model', () => {
  const config = parseConfig({
    summarize: { method: 'SumCtx', kind: 'model' },
    synthesize: { method: 'SynCtx', kind: 'model' },
  })
  expect([config.summarize.method, config.synthesize.method]).toEqual(['SumCtx', 'SynCtx'])
})

test.each([
  [{ task: 'dataset', targets: { select: 'last' } }, 'targets.select: last is for the generate task'],
  [{ task: 'dataset', compare: { methods: ['RecentDoc'] } }, 'compare.methods: is for the generate task'],
  [
    { compare: { methods: ['+AuthorPred'] }, summarize: { kind: 'model' }, synthesize: { kind: 'model' } },
    'authorPredModel',
  ],
  [{ compare: { methods: ['+SumCtx'] } }, 'summarize.method: SumCtx of kind extractive needs a trained selector'],
])('%j is refused with the reason', (config, message) => {
  expect(() => parseConfig(config)).toThrow(message)
})

test('the dataset task takes every target and the start of the passage unchanged, unless told otherwise', () => {
  expect(parseConfig({ task: 'dataset' })).toMatchObject({ targets: { select: 'all' }, prompt: { wholeWords: false } })
  expect(parseConfig({ task: 'dataset', prompt: { wholeWords: true } }).prompt.wholeWords).toBe(true)
  expect(parseConfig({})).toMatchObject({ targets: { select: 'last' }, prompt: { wholeWords: true } })
})

test('word labels of the dataset task need no selector', () => {
  const config = parseConfig({ task: 'dataset', summarize: { method: 'label' }, synthesize: { method: 'label' } })
  expect([config.summarize.method, config.synthesize.method]).toEqual(['label', 'label'])
})
