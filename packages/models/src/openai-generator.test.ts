import { afterEach, expect, test } from 'vitest'

import { json, type Reaction, type ScriptedServer, scriptedServer } from './fixtures/scripted-server.ts'
import { type OpenAiGeneratorOptions, openAiGenerator } from './openai-generator.ts'
import type { GenerationRequest, TextGenerator } from './text-generator.ts'

const request: GenerationRequest = {
  messages: [{ role: 'user', content: 'Finish the passage' }],
  opening: 'The ferry lea',
  minTokens: 4,
  maxTokens: 40,
  temperature: 0,
  seed: 17,
}
const open: { close(): Promise<void> }[] = []

async function serve(
  api: OpenAiGeneratorOptions['api'],
  ...reactions: Reaction[]
): Promise<{ server: ScriptedServer; generator: TextGenerator }> {
  const server = await scriptedServer(...reactions)
  const limits = { backoffMs: 1, maxBackoffMs: 2, maxTries: 2 }
  const generator = openAiGenerator({ baseUrl: server.baseUrl, model: 'small', api, limits })
  open.push(generator, server)
  return { server, generator }
}

function chat(content: string | null, finish_reason = 'stop'): Reaction {
  return json({
    choices: [{ message: { role: 'assistant', content }, finish_reason }],
    usage: { prompt_tokens: 30, completion_tokens: 5 },
  })
}

afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
})

test('chat sends the opening as the turn that is to be continued', async () => {
  const { server, generator } = await serve('chat', chat('ves at nine.'))
  expect(await generator.generate([request])).toEqual([
    {
      ok: true,
      text: 'The ferry leaves at nine.',
      finishReason: 'stop',
      usage: { promptTokens: 30, completionTokens: 5 },
    },
  ])
  expect(server.requests[0]).toMatchObject({
    path: '/v1/chat/completions',
    body: {
      model: 'small',
      messages: [...request.messages, { role: 'assistant', content: 'The ferry lea' }],
      continue_final_message: true,
      add_generation_prompt: false,
      min_tokens: 4,
      max_tokens: 40,
      temperature: 0,
      seed: 17,
    },
  })
})

test('completions sends the texts of the messages and then the opening', async () => {
  const { server, generator } = await serve(
    'completions',
    json({ choices: [{ text: 'ves.', finish_reason: 'length' }] }),
  )
  expect(await generator.generate([request])).toEqual([
    {
      ok: true,
      text: 'The ferry leaves.',
      finishReason: 'length',
      usage: { promptTokens: 0, completionTokens: 0 },
    },
  ])
  expect(server.requests[0]).toMatchObject({
    path: '/v1/completions',
    body: { prompt: 'Finish the passage\n\nThe ferry lea' },
  })
})

test.each([
  ['The ferry lea', 'The ferry leaves.', 'The ferry leaves.'],
  ['The ferry lea', '\n The ferry leaves.', 'The ferry leaves.'],
  ['The ferry ', 'The ferry leaves.', 'The ferry leaves.'],
  ['\nThe ferry\n', 'The ferry leaves.', '\nThe ferry\nleaves.'],
  ['The ferry', ' leaves.', 'The ferry leaves.'],
  ['', ' Whatever.', ' Whatever.'],
  ['The ferry', null, 'The ferry'],
])('the opening %j and the answer %j are %j', async (opening, answer, whole) => {
  const { generator } = await serve('chat', chat(answer))
  expect(await generator.generate([{ ...request, opening }])).toMatchObject([{ ok: true, text: whole }])
})

test('a server that refuses the extensions is asked without them from then on', async () => {
  const refuse = json({ error: { code: 'unknown_parameter' } }, 400)
  const { server, generator } = await serve('chat', refuse, chat('ves.'), chat('ves!'))
  expect(await generator.generate([request])).toMatchObject([{ text: 'The ferry leaves.' }])
  expect(await generator.generate([request])).toMatchObject([{ text: 'The ferry leaves!' }])
  expect(server.requests.map(({ body }) => 'continue_final_message' in body)).toEqual([true, false, false])
})

test('a request that a server refuses for itself does not cost the others the extensions', async () => {
  const refuse = json({ error: { code: 'context_length_exceeded' } }, 400)
  const { server, generator } = await serve('chat', chat('ves.'), refuse, chat('ves.'))
  expect(await generator.generate([request])).toMatchObject([{ ok: true }])
  expect(await generator.generate([request])).toMatchObject([{ ok: false, code: 'endpoint_rejected' }])
  expect(await generator.generate([request])).toMatchObject([{ ok: true }])
  expect(server.requests.map(({ body }) => 'min_tokens' in body)).toEqual([true, true, true])
})

test('each request fails alone', async () => {
  const { server, generator } = await serve('chat', (response, incoming) => {
    const isGood = JSON.stringify(server.requests.at(-1)!.body).includes('good')
    const react = isGood ? chat('ves.') : json({}, 500)
    react(response, incoming)
  })
  const bad: GenerationRequest = { ...request, messages: [{ role: 'user', content: 'bad' }] }
  const good: GenerationRequest = { ...request, messages: [{ role: 'user', content: 'good' }] }
  expect(await generator.generate([good, bad, good])).toMatchObject([
    { ok: true },
    { ok: false, code: 'endpoint_unavailable' },
    { ok: true },
  ])
})

test('an answer that the server withholds is a failure', async () => {
  const { generator } = await serve('chat', chat('', 'content_filter'))
  expect(await generator.generate([request])).toMatchObject([{ ok: false, code: 'endpoint_rejected' }])
})

test('an abort rejects the whole call with its reason', async () => {
  const abort = new AbortController()
  const { generator } = await serve('chat', () => abort.abort(new Error('enough')))
  await expect(generator.generate([request, request], abort.signal)).rejects.toThrow('enough')
})
