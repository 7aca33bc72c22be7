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
