import { parseConfig } from '@idiolect/contracts/config'
import { generatedTargetSchema, type SynthesizedTarget } from '@idiolect/contracts/records'
import type { GenerationRequest, GenerationResult, TextGenerator } from '@idiolect/models/text-generator'
import { describe, expect, test } from 'vitest'

import { generateTargets } from './generate.ts'
import { generationPrompt } from './prompt.ts'

const { signal } = new AbortController()
const config = parseConfig({})

function targetOf(fields: Partial<SynthesizedTarget> = {}): SynthesizedTarget {
  return {
    ordinal: 0,
    id: 't',
    userId: 'u',
    timestamp: 0,
    method: 'RankDocBySnpt',
    context: 'Dear Joh',
    entries: [
      { docId: 'a', score: 1, text: 'First.' },
      { docId: 'b', score: 0, text: 'Second.' },
    ],
    historyWords: [],
    summary: 'A summary.',
    keyElements: ['rose', 'water'],
    ...fields,
  }
}

function generatorOf(answer: (request: GenerationRequest) => GenerationResult): TextGenerator {
  return {
    model: { name: 'test-model', digest: '' },
    generate: async (requests) => requests.map(answer),
    close: async () => {},
  }
}

function said(text: string): GenerationResult {
  return { ok: true, text, finishReason: 'sentence', usage: { promptTokens: 9, completionTokens: 4 } }
}

describe('the prompt', () => {
  test('is the instruction and the parts in the order and under the names of the paper', () => {
    expect(generationPrompt(targetOf(), config)).toBe(
      'Finish the passage in the user voice\n\npassage start:\nDear\n\nsummary:\nA summary.\n\nimportant words:\nrose, water\n\npast passages:\nFirst.\n\nSecond.',
    )
  })

  test('leaves out the parts that are empty', () => {
    expect(generationPrompt(targetOf({ summary: '', keyElements: [], entries: [] }), config)).toBe(
      'Finish the passage in the user voice\n\npassage start:\nDear',
    )
  })
})

describe('the generate stage', () => {
  test('gives the whole text with its start, what was asked, and what it took', async () => {
    let asked: GenerationRequest | undefined
    const generator = generatorOf((request) => {
      asked = request
      return said(`${request.opening}n, how are you?`)
    })
    const [outcome] = await generateTargets([targetOf()], { config, generator, signal })
    expect(asked).toMatchObject({ opening: 'Dear Joh', minTokens: 32, maxTokens: 160, temperature: 0 })
    expect(outcome).toMatchObject({
      ok: true,
      record: {
        output: 'Dear John, how are you?',
        prompt: asked?.messages[0]?.content,
        method: 'RankDocBySnpt',
        model: 'test-model',
        usage: { promptTokens: 9, completionTokens: 4 },
        finishReason: 'sentence',
        seed: asked?.seed,
      },
    })
    expect(outcome?.ok && generatedTargetSchema.parse(outcome.record)).toEqual(outcome?.ok && outcome.record)
  })

  test('ends with the prompt for the model none', async () => {
    const [outcome] = await generateTargets([targetOf()], { config, generator: null, signal })
    expect(outcome).toMatchObject({
      ok: true,
      record: { output: '', model: 'none', finishReason: 'none', prompt: generationPrompt(targetOf(), config) },
    })
  })

  test('gives up a target alone whose request fails or adds nothing to the start', async () => {
    const generator = generatorOf(({ opening }) =>
      opening === 'bad'
        ? { ok: false, code: 'endpoint_garbage', message: 'no text' }
        : said(opening === 'mute' ? 'mute \n' : 'fine!'),
    )
    const targets = ['bad', 'fine', 'mute'].map((context) => targetOf({ context }))
    expect(await generateTargets(targets, { config, generator, signal })).toMatchObject([
      { ok: false, code: 'endpoint_garbage' },
      { ok: true, record: { output: 'fine!' } },
      { ok: false, code: 'output_empty' },
    ])
  })

  test('gives every target a seed of its own, the same in every batch', async () => {
    const seeds = async (ids: string[]) => {
      const targets = ids.map((id) => targetOf({ id }))
      const outcomes = await generateTargets(targets, { config, generator: null, signal })
      return outcomes.map((outcome) => outcome.ok && outcome.record.seed)
    }
    const [a, b] = await seeds(['a', 'b'])
    expect(a).not.toBe(b)
    expect(await seeds(['b', 'a'])).toEqual([b, a])
  })
})
