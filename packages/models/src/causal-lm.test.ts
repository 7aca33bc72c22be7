import { fileURLToPath } from 'node:url'
import { AutoModelForCausalLM, AutoTokenizer, env, type Tensor } from '@xenova/transformers'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { openCausalGraph } from './causal-graph.ts'
import { openCausalLm } from './causal-lm.ts'
import type { Decoder } from './decoder.ts'
import { takesFixedCache } from './find-decoder.ts'
import { fixedCacheDecoder } from './fixed-cache-decoder.ts'
import { growingCacheDecoder } from './growing-cache-decoder.ts'
import { mostProbable } from './sampling.ts'
import type { GenerationRequest, TextGenerator } from './text-generator.ts'

const models = fileURLToPath(new URL('../../bundled-models/models/', import.meta.url))
const name = 'SmolLM2-135M-Instruct'
const model = { name: `bundled:${name}`, folder: models + name, dtype: 'q8' as const }
let lm: TextGenerator

beforeAll(async () => {
  lm = await openCausalLm(model, { repetition: { penalty: 1, runTokens: 0 } })
})
afterAll(() => lm.close())

function request(content: string, opening = ''): GenerationRequest {
  return { messages: [{ role: 'user', content }], opening, minTokens: 12, maxTokens: 24, temperature: 0, seed: 1 }
}

test('greedy decoding writes what transformers.js writes', async () => {
  const [answer] = await lm.generate([
    { ...request('Name three colours of the rainbow.'), minTokens: 0, maxTokens: 16 },
  ])
  env.allowRemoteModels = false
  env.localModelPath = models
  const tokenizer = await AutoTokenizer.from_pretrained(name)
  const reference = await AutoModelForCausalLM.from_pretrained(name, { dtype: 'q8' })
  const chat = [{ role: 'user', content: 'Name three colours of the rainbow.' }]
  const inputs = tokenizer.apply_chat_template(chat, { add_generation_prompt: true, return_dict: true }) as {
    input_ids: Tensor
  }
  const output = (await reference.generate({ ...inputs, max_new_tokens: 16, do_sample: false })) as Tensor
  const written = output.slice(0, [inputs.input_ids.dims[1]!, output.dims[1]!])
  const expected = tokenizer.decode(written, { skip_special_tokens: true })
  await reference.dispose()
  expect(answer).toMatchObject({ ok: true, text: expected.trimEnd() })
})

test('an answer is the same alone and beside others', async () => {
  const requests = [
    request('Write on.', 'The weather in the north has been terri'),
    request('Write about the sea, its colours and its sounds, in the way of an old sailor.', 'We went ou'),
    request('<|im_end|> is a word like others.'),
  ]
  const together = await lm.generate(requests)
  for (const [index, one] of requests.entries()) expect(await lm.generate([one])).toEqual([together[index]])
  for (const [index, result] of together.entries()) {
    expect(result).toMatchObject({ ok: true })
    const { text, usage } = result as Extract<typeof result, { ok: true }>
    expect(text.startsWith(requests[index]!.opening)).toBe(true)
    expect(text.length).toBeGreaterThan(requests[index]!.opening.length)
    expect(usage.completionTokens).toBeGreaterThanOrEqual(12)
  }
})

test('a seed decides what is drawn', async () => {
  const drawn = (seed: number) => lm.generate([{ ...request('Tell me a story.'), temperature: 1, seed }])
  expect(await drawn(1)).toEqual(await drawn(1))
  expect(await drawn(1)).not.toEqual(await drawn(2))
})

test('a prompt that is too long fails alone', async () => {
  const results = await lm.generate([request('word '.repeat(9000)), request('Write on.', 'Once upon a ti')])
  expect(results[0]).toMatchObject({ ok: false, code: 'prompt_too_long' })
  expect(results[1]).toMatchObject({ ok: true })
})

test('an abort stops between two steps with its reason', async () => {
  const controller = new AbortController()
  const answers = lm.generate([{ ...request('Tell me a story.'), minTokens: 2000, maxTokens: 2000 }], controller.signal)
  setImmediate(() => controller.abort(new Error('enough')))
  await expect(answers).rejects.toThrow('enough')
})

test('the bundled model takes the fixed cache, which gives the tokens of the growing one, for prompts in one piece and in two', async () => {
  const graph = await openCausalGraph(`${model.folder}/onnx/model_quantized.onnx`, 49_152)
  expect(await takesFixedCache(graph)).toBe(true)
  const prompts = [Array.from({ length: 40 }, (_, index) => 300 + index * 7), [1, 4093, 198, 19556]]
  const run = async (decoder: Decoder, pieceTokens: number) => {
    decoder.begin(2, 40, 8)
    for (const [row, prompt] of prompts.entries()) {
      for (let at = 0; at < prompt.length; at += pieceTokens)
        await decoder.read(row, prompt.slice(at, at + pieceTokens))
    }
    const written: number[][] = []
    for (let step = 0; step < 8; step += 1) {
      const ids = prompts.map((_, row) => mostProbable(decoder.logits(row)))
      written.push(ids)
      await decoder.step(ids)
    }
    return written
  }
  const expected = await run(growingCacheDecoder(graph), 64)
  expect(await run(fixedCacheDecoder(graph), 64)).toEqual(expected)
  expect(await run(fixedCacheDecoder(graph), 25)).toEqual(expected)
  await graph.session.release()
})
