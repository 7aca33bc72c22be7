import { parseConfig } from '@idiolect/contracts/config'
import type { RankedTarget } from '@idiolect/contracts/records'
import type { GenerationRequest, GenerationResult, TextGenerator } from '@idiolect/models/text-generator'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { extractiveSummary } from './extractive-summary.ts'
import { summarizeTargets } from './summarize.ts'

const { signal } = new AbortController()
const nothing = { generator: null, selector: null, signal }

function targetOf(texts: string[], fields: Partial<RankedTarget> = {}): RankedTarget {
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
    ...fields,
  }
}

function summaryOf(texts: string[], maxChars = 500): string {
  return extractiveSummary(targetOf(texts).entries, maxChars)
}

/** Stands in for a model behind its interface: answers by function of the request. */
function generatorOf(answer: (request: GenerationRequest) => GenerationResult): TextGenerator {
  return {
    model: { name: 'test', digest: '' },
    generate: async (requests) => requests.map(answer),
    close: async () => {},
  }
}

function said(text: string): GenerationResult {
  return { ok: true, text, finishReason: 'stop', usage: { promptTokens: 1, completionTokens: 1 } }
}

describe('the extractive summary', () => {
  const garden = [
    'The garden needs water every single morning. Hello there!',
    'Roses in the garden need a lot of water. My cousin plays football on Sundays with strangers.',
    'Without water the roses die quickly in summer.',
  ]

  test('quotes the sentences that share most with the others, in the order of the entries', () => {
    expect(summaryOf(garden, 130)).toBe(
      'The garden needs water every single morning. Roses in the garden need a lot of water.',
    )
  })

  test('does not say the same thing twice', () => {
    const again = [
      'Water the roses in the garden today.',
      'Water the roses in the garden now.',
      'Trains are late on Mondays as ever.',
    ]
    expect(summaryOf(again).match(/roses/g)).toHaveLength(1)
  })

  test('leaves out greetings, list items, web addresses and the half sentence at a cut', () => {
    const texts = [
      'Dear all,\n- an item of the list that is long.\nSee http://a.example for all the details of it.\nThe plan is to paint the house. We will then se',
    ]
    expect(summaryOf(texts)).toBe('The plan is to paint the house.')
  })

  test('cuts a sentence only where no whole one fits', () => {
    expect(summaryOf(['This sentence is longer than the limit that is given.'], 20)).toBe('This sentence is lon')
  })

  test('is empty without entries', () => {
    expect(summaryOf([])).toBe('')
  })

  test('keeps to the limit, quotes only the entries and is the same every time, for any entries', () => {
    const word = fc.constantFrom('rose', 'water', 'the', 'summer', 'Garden', '😀', 'of', 'house')
    const sentence = fc.array(word, { minLength: 1, maxLength: 9 }).map((words) => `${words.join(' ')}. `)
    const text = fc.array(sentence, { minLength: 1, maxLength: 5 }).map((sentences) => sentences.join(''))
    fc.assert(
      fc.property(fc.array(text, { maxLength: 4 }), fc.integer({ min: 1, max: 300 }), (texts, maxChars) => {
        const summary = summaryOf(texts, maxChars)
        expect(summary.length).toBeLessThanOrEqual(maxChars)
        expect(summary).toBe(summaryOf(texts, maxChars))
        const quotable = texts.join(' ').replace(/\s+/g, ' ')
        for (const quoted of summary.split('. ')) expect(quotable).toContain(quoted.trim())
      }),
    )
  })
})

describe('the summarize stage', () => {
  test('adds nothing but the summary', async () => {
    const target = targetOf(['The plan is to paint the house.'])
    const config = parseConfig({})
    const outcomes = await summarizeTargets([target], { config, ...nothing })
    expect(outcomes).toEqual([{ ok: true, record: { ...target, summary: 'The plan is to paint the house.' } }])
  })

  test('leaves the summary empty for the method none', async () => {
    const config = parseConfig({ summarize: { method: 'none' } })
    const [outcome] = await summarizeTargets([targetOf(['Some text that is here.'])], {
      config,
      ...nothing,
    })
    expect(outcome).toMatchObject({ ok: true, record: { summary: '' } })
  })

  test.each([
    ['SumCtxInd', false],
    ['SumCtx', true],
  ])('asks the model for %s, with x_t in the prompt: %s', async (method, seesContext) => {
    const config = parseConfig({ summarize: { method, kind: 'model' } })
    const prompts: string[] = []
    const generator = generatorOf((request) => {
      prompts.push(request.messages.at(-1)?.content ?? '')
      return said('A summary.')
    })
    const target = targetOf(['first entry', 'second entry'], { context: 'the start of a passage' })
    const [outcome] = await summarizeTargets([target], { config, ...nothing, generator })
    expect(outcome).toMatchObject({ ok: true, record: { summary: 'A summary.' } })
    expect(prompts[0]).toContain('first entry\n\nsecond entry')
    expect(prompts[0]?.includes('the start of a passage')).toBe(seesContext)
  })

  test('keeps the whole sentences of a long answer', async () => {
    const config = parseConfig({ summarize: { kind: 'model', maxChars: 30 } })
    const generator = generatorOf(() => said(' One sentence.\nAnother one. A third that is too long.'))
    const [outcome] = await summarizeTargets([targetOf(['text'])], { config, ...nothing, generator })
    expect(outcome).toMatchObject({ record: { summary: 'One sentence. Another one.' } })
  })

  test('asks nothing for a target without entries, and a target whose request fails fails alone', async () => {
    const config = parseConfig({ summarize: { kind: 'model' } })
    const generator = generatorOf(({ messages }) =>
      messages[0]?.content.startsWith('bad') ? { ok: false, code: 'endpoint_rejected', message: 'no' } : said('Fine.'),
    )
    const outcomes = await summarizeTargets([targetOf(['bad']), targetOf([]), targetOf(['good'])], {
      config,
      ...nothing,
      generator,
    })
    expect(outcomes).toMatchObject([
      { ok: false, code: 'endpoint_rejected' },
      { ok: true, record: { summary: '' } },
      { ok: true, record: { summary: 'Fine.' } },
    ])
  })
})
