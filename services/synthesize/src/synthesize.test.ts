import { parseConfig } from '@idiolect/contracts/config'
import type { SummarizedTarget } from '@idiolect/contracts/records'
import type { TextGenerator } from '@idiolect/models/text-generator'
import { describe, expect, test } from 'vitest'

import { frequentWords } from './frequent-words.ts'
import { namedWords } from './named-words.ts'
import { synthesizeTargets } from './synthesize.ts'

const { signal } = new AbortController()
const nothing = { frequencies: null, generator: null, selector: null, lexicon: null, signal }

function frequenciesOf(documents: number, counts: Record<string, number>) {
  return { documents, df: (word: string) => counts[word] ?? 1 }
}

function targetOf(texts: string[], fields: Partial<SummarizedTarget> = {}): SummarizedTarget {
  const entries = texts.map((text, index) => ({ docId: `d${index}`, score: 0, text }))
  return {
    ordinal: 0,
    id: 't',
    userId: 'u',
    timestamp: 0,
    method: 'RankDocBySnpt',
    context: 'x_t',
    entries,
    historyWords: [],
    summary: '',
    ...fields,
  }
}

describe('SynCtxInd', () => {
  test('drops words with an IDF below 1.5', () => {
    // ln(100 / 22) = 1.514, ln(100 / 23) = 1.470
    const frequencies = frequenciesOf(100, { kept: 22, dropped: 23 })
    expect(
      frequentWords(
        [
          ['kept', 2],
          ['dropped', 9],
        ],
        frequencies,
        20,
      ),
    ).toEqual(['kept'])
  })

  test('sorts by frequency, then by IDF, then by the word, and keeps the first', () => {
    const frequencies = frequenciesOf(100, { common: 5 })
    const history: Array<[string, number]> = [
      ['common', 3],
      ['often', 7],
      ['rare', 3],
      ['alsorare', 3],
      ['last', 2],
    ]
    expect(frequentWords(history, frequencies, 4)).toEqual(['often', 'alsorare', 'rare', 'common'])
  })

  test('is the stage’s default', async () => {
    const target = targetOf(['zebra'], { historyWords: [['zebra', 2]] })
    const outcomes = await synthesizeTargets([target], {
      config: parseConfig({}),
      ...nothing,
      frequencies: frequenciesOf(10, {}),
    })
    expect(outcomes).toEqual([{ ok: true, record: { ...target, keyElements: ['zebra'] } }])
  })
})

describe('the words that a model names', () => {
  test('are kept where the entries hold them, once each, without stop words, up to the limit', () => {
    const entries = targetOf(["John's Garden and the roses", 'water']).entries
    expect(namedWords(' 1. Roses, roses\n2. the garden; tulips, WATER, john', entries, 3)).toEqual([
      'roses',
      'garden',
      'water',
    ])
  })

  test.each([
    ['SynCtxInd', false],
    ['SynCtx', true],
  ])('are asked for by %s, with x_t in the prompt: %s', async (method, seesContext) => {
    const prompts: string[] = []
    const generator: TextGenerator = {
      model: { name: 'test', digest: '' },
      generate: async (requests) =>
        requests.map(({ messages, opening }) => {
          prompts.push(messages.at(-1)?.content ?? '')
          return {
            ok: true,
            text: `${opening} roses, keywords`,
            finishReason: 'stop',
            usage: { promptTokens: 1, completionTokens: 1 },
          }
        }),
      close: async () => {},
    }
    const config = parseConfig({ synthesize: { method, kind: 'model' } })
    const targets = [targetOf(['roses keywords'], { context: 'a start' }), targetOf([])]
    const outcomes = await synthesizeTargets(targets, { config, ...nothing, generator })
    expect(outcomes).toMatchObject([
      { ok: true, record: { keyElements: ['roses', 'keywords'] } },
      { ok: true, record: { keyElements: [] } },
    ])
    expect(prompts).toHaveLength(1)
    expect(prompts[0]?.includes('a start')).toBe(seesContext)
  })
})

test('the method none gives no words', async () => {
  const config = parseConfig({ synthesize: { method: 'none' } })
  const outcomes = await synthesizeTargets([targetOf(['text'])], { config, ...nothing })
  expect(outcomes).toMatchObject([{ ok: true, record: { keyElements: [] } }])
})
