import { codeOf, IdiolectError } from '@idiolect/contracts/errors'
import { z } from 'zod'

import { type EndpointOptions, openEndpoint } from './http-endpoint.ts'
import type { GenerationRequest, GenerationResult, TextGenerator } from './text-generator.ts'

export type OpenAiGeneratorOptions = EndpointOptions & { model: string; api: 'chat' | 'completions' }

const usage = z
  .object({ prompt_tokens: z.int().nonnegative(), completion_tokens: z.int().nonnegative().default(0) })
  .nullish()
  .transform((counted) => ({
    promptTokens: counted?.prompt_tokens ?? 0,
    completionTokens: counted?.completion_tokens ?? 0,
  }))

const finishReason = z.string().nullish()

const chatAnswer = z
  .object({
    choices: z
      .array(z.object({ message: z.object({ content: z.string().nullable() }), finish_reason: finishReason }))
      .min(1),
    usage,
  })
  .transform(({ choices, usage }) => ({
    text: choices[0]!.message.content ?? '',
    finishReason: choices[0]!.finish_reason,
    usage,
  }))

const completionsAnswer = z
  .object({ choices: z.array(z.object({ text: z.string(), finish_reason: finishReason })).min(1), usage })
  .transform(({ choices, usage }) => ({ text: choices[0]!.text, finishReason: choices[0]!.finish_reason, usage }))

/**
 * OpenAI's `/chat/completions` or `/completions`; docs/endpoints.md says what the servers make of an opening. Each request
 * is an HTTP request, and fails alone.
 */
export function openAiGenerator(options: OpenAiGeneratorOptions): TextGenerator {
  const { model, api } = options
  const endpoint = openEndpoint(options)
  /** Fields that vLLM, SGLang, TGI and llama.cpp know; OpenAI refuses requests that hold them. */
  let extensions: 'untried' | 'accepted' | 'refused' = 'untried'

  function ask(request: GenerationRequest, extended: boolean, signal?: AbortSignal) {
    const sampling = {
      model,
      max_tokens: request.maxTokens,
      temperature: request.temperature,
      seed: request.seed,
      ...(extended && { min_tokens: request.minTokens }),
    }
    if (api === 'completions') {
      const body = { ...sampling, prompt: completionsPrompt(request) }
      return endpoint.post('/completions', body, { schema: completionsAnswer, signal })
    }
    const body = { ...sampling, ...chatBody(request, extended) }
    return endpoint.post('/chat/completions', body, { schema: chatAnswer, signal })
  }

  async function answer(request: GenerationRequest, signal?: AbortSignal) {
    if (extensions === 'refused') return ask(request, false, signal)
    try {
      const extended = await ask(request, true, signal)
      extensions = 'accepted'
      return extended
    } catch (error) {
      if (codeOf(error) !== 'endpoint_rejected' || extensions === 'accepted') throw error
      const plain = await ask(request, false, signal)
      extensions = 'refused'
      return plain
    }
  }

  async function generateOne(request: GenerationRequest, signal?: AbortSignal): Promise<GenerationResult> {
    try {
      const { text, finishReason, usage } = await answer(request, signal)
      if (finishReason === 'content_filter') {
        return { ok: false, code: 'endpoint_rejected', message: `${model} withheld its answer (content_filter)` }
      }
      return {
        ok: true,
        text: withOpening(request.opening, text),
        finishReason: finishReason === 'length' ? 'length' : 'stop',
        usage,
      }
    } catch (error) {
      signal?.throwIfAborted()
      if (!(error instanceof IdiolectError)) throw error
      return { ok: false, code: error.code, message: error.message }
    }
  }

  return {
    model: { name: model, digest: 'remote' },
    generate: (requests, signal) => Promise.all(requests.map((request) => generateOne(request, signal))),
    close: endpoint.close,
  }
}

/** The opening as the assistant's turn that is not over. */
function chatBody({ messages, opening }: GenerationRequest, extended: boolean) {
  if (opening === '') return { messages }
  return {
    messages: [...messages, { role: 'assistant', content: opening }],
    ...(extended && { continue_final_message: true, add_generation_prompt: false }),
  }
}

function completionsPrompt({ messages, opening }: GenerationRequest): string {
  return [...messages.map((message) => message.content), opening].join('\n\n')
}

/** Servers that do not continue the opening often begin with it again. */
function withOpening(opening: string, answer: string): string {
  const start = opening.trim()
  const repeated = answer.trimStart()
  if (start === '' || !repeated.startsWith(start)) return opening + answer
  const rest = repeated.slice(start.length)
  return opening + (opening.endsWith(start) ? rest : rest.trimStart())
}
