import { setTimeout as sleep } from 'node:timers/promises'
import { codeOf, type ErrorCode, IdiolectError } from '@idiolect/contracts/errors'
import { endpointTries } from '@idiolect/contracts/model-events'
import pRetry from 'p-retry'
import { Pool } from 'undici'
import type { z } from 'zod'

import { adaptiveConcurrency } from './adaptive-concurrency.ts'
import { retryAfterMs } from './retry-after.ts'

export type EndpointLimits = {
  startConcurrency: number
  maxConcurrency: number
  /** From sending to the last byte of the answer. Deliberately long: a busy server queues, and a try cut short is work done twice. */
  requestTimeoutMs: number
  maxTries: number
  /** All tries of a request and the waits between them. */
  totalTimeMs: number
  /** The first wait; doubled from try to try, times 1 … 2 at random so that refused requests do not come back together. */
  backoffMs: number
  maxBackoffMs: number
  maxResponseBytes: number
}

const defaultEndpointLimits: EndpointLimits = {
  startConcurrency: 8,
  maxConcurrency: 64,
  requestTimeoutMs: 120_000,
  maxTries: 6,
  totalTimeMs: 600_000,
  backoffMs: 500,
  maxBackoffMs: 30_000,
  maxResponseBytes: 33_554_432,
}

export type EndpointOptions = {
  /** Without credentials in it: it stands in messages. */
  baseUrl: string
  /** How metrics name the model; by default its address. */
  model?: string
  apiKey?: string | undefined
  limits?: Partial<EndpointLimits> | undefined
}

/** A server that takes JSON and gives JSON. */
export type Endpoint = {
  /**
   * Waits for its turn, asks, and asks again as long as that may help. Rejects with `endpoint_unavailable` (no connection,
   * no answer in time, 408, 425, 429, 5xx), `endpoint_garbage` (not JSON, not of the schema, too long), `endpoint_rejected`
   * (any other status; not tried again) or the signal's reason.
   */
  post<T>(path: string, body: unknown, options: { schema: z.ZodType<T>; signal?: AbortSignal | undefined }): Promise<T>
  close(): Promise<void>
}

const triableStatuses = new Set([408, 425, 429])
const overloadStatuses = new Set([429, 503])

type Read<T> = { ok: true; value: T } | { ok: false; error: IdiolectError }

type Reply = { status: number; retryAfter: string | string[] | undefined; text: string }

export function openEndpoint({ baseUrl, model = baseUrl, apiKey, limits: changed }: EndpointOptions): Endpoint {
  const limits = { ...defaultEndpointLimits, ...changed }
  const { origin, pathname } = new URL(baseUrl)
  const basePath = pathname.replace(/\/$/, '')
  const pool = new Pool(origin, {
    connections: limits.maxConcurrency,
    headersTimeout: limits.requestTimeoutMs,
    bodyTimeout: limits.requestTimeoutMs,
    maxResponseSize: limits.maxResponseBytes,
  })
  const concurrency = adaptiveConcurrency({ start: limits.startConcurrency, max: limits.maxConcurrency })
  const headers: Record<string, string> = { 'content-type': 'application/json', accept: 'application/json' }
  if (apiKey !== undefined) headers.authorization = `Bearer ${apiKey}`

  async function exchange(path: string, body: string, signal: AbortSignal): Promise<Reply> {
    const response = await pool.request({ path: basePath + path, method: 'POST', headers, body, signal })
    return {
      status: response.statusCode,
      retryAfter: response.headers['retry-after'],
      text: await response.body.text(),
    }
  }

  return {
    async post(path, body, { schema, signal }) {
      const payload = JSON.stringify(body)
      await concurrency.enter(signal)
      const deadline = Date.now() + limits.totalTimeMs
      let askedWaitMs = 0

      async function tryOnce(attempt: number) {
        const what = `${origin}${basePath}${path} (try ${attempt})`
        const request = concurrency.sent()
        askedWaitMs = 0
        const timeoutMs = Math.max(1, Math.min(limits.requestTimeoutMs, deadline - Date.now()))
        const sentAt = performance.now()
        const tell = (code: string) => endpointTries.tell({ model, seconds: (performance.now() - sentAt) / 1000, code })
        const reply = await within(timeoutMs, signal, (ending) => exchange(path, payload, ending)).catch((error) => {
          signal?.throwIfAborted()
          const failure = connectionError(what, error)
          tell(failure.code === 'endpoint_garbage' ? 'garbage' : 'none')
          throw failure
        })
        if (overloadStatuses.has(reply.status)) request.overloaded()
        askedWaitMs = retryAfterMs(reply.retryAfter)
        const answer = readReply(what, reply, schema)
        tell(answer.ok || answer.error.code !== 'endpoint_garbage' ? statusClass(reply.status) : 'garbage')
        if (!answer.ok) throw answer.error
        request.succeeded()
        return answer.value
      }

      try {
        return await pRetry(tryOnce, {
          retries: limits.maxTries - 1,
          minTimeout: limits.backoffMs,
          maxTimeout: limits.maxBackoffMs,
          maxRetryTime: limits.totalTimeMs,
          randomize: true,
          ...(signal && { signal }),
          shouldRetry: ({ error }) => error instanceof IdiolectError && error.code !== 'endpoint_rejected',
          onFailedAttempt: async ({ error, retriesLeft }) => {
            if (askedWaitMs === 0 || retriesLeft === 0 || codeOf(error) === 'endpoint_rejected') return
            if (Date.now() + askedWaitMs > deadline) throw error
            await sleep(askedWaitMs, undefined, signal && { signal }).catch(() => signal?.throwIfAborted())
          },
        })
      } finally {
        concurrency.leave()
      }
    },
    close: () => pool.destroy(),
  }
}

/** Ends what `work` has begun when the time is up or the caller's signal is aborted, whichever is first. */
async function within<T>(
  ms: number,
  signal: AbortSignal | undefined,
  work: (ending: AbortSignal) => Promise<T>,
): Promise<T> {
  const ending = new AbortController()
  const end = () => ending.abort(signal?.reason)
  const timer = setTimeout(() => ending.abort(new Error(`no whole answer in ${ms / 1000} s`)), ms)
  signal?.addEventListener('abort', end, { once: true })
  try {
    return await work(ending.signal)
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', end)
  }
}

function connectionError(what: string, cause: Error & { code?: string }): IdiolectError {
  if (cause.code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') {
    return new IdiolectError('endpoint_garbage', `${what}: the answer is too long`, { cause })
  }
  return new IdiolectError('endpoint_unavailable', `${what}: ${cause.message || cause.code}`, { cause })
}

function readReply<T>(what: string, { status, text }: Reply, schema: z.ZodType<T>): Read<T> {
  const failed = (code: ErrorCode, problem: string): Read<T> => ({
    ok: false,
    error: new IdiolectError(code, `${what}: ${problem}`),
  })
  if (status >= 500 || triableStatuses.has(status)) return failed('endpoint_unavailable', `status ${status}`)
  if (status < 200 || status >= 300) return failed('endpoint_rejected', `status ${status}${serverErrorCode(text)}`)
  const json = parseJson(text)
  if (json === undefined) return failed('endpoint_garbage', 'the answer is not JSON')
  const parsed = schema.safeParse(json)
  return parsed.success ? { ok: true, value: parsed.data } : failed('endpoint_garbage', shapeErrors(parsed.error))
}

/** Refused for now, which adaptive concurrency answers to, is told from refused for good. */
function statusClass(status: number): string {
  return status === 429 ? '429' : `${Math.floor(status / 100)}xx`
}

/** Without the values, which may be a person's text; an answer of many numbers has as many errors. */
function shapeErrors({ issues }: z.ZodError): string {
  const places = issues
    .slice(0, 3)
    .map((issue) => (issue.code === 'custom' ? issue.message : `${issue.path.join('.') || 'the whole'} is unexpected`))
  return `the answer is not of the agreed shape: ${places.join(', ')}`
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** OpenAI's `error.code` or `error.type`, such as model_not_found. Its message may quote the prompt, so that is left out. */
function serverErrorCode(text: string): string {
  const error = (parseJson(text) as { error?: { code?: unknown; type?: unknown } } | undefined)?.error
  const name = String(error?.code ?? error?.type ?? '')
  return /^[\w.-]{1,64}$/.test(name) ? `, ${name}` : ''
}
