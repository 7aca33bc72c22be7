import { codeOf, type ErrorCode, errorCodes, IdiolectError } from '@idiolect/contracts/errors'
import { problemSchema } from '@idiolect/contracts/http-api'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { ZodError } from 'zod'

export const apiPrefix = '/api/v1'

/** What is wrong with a request, as RFC 9457 has it; `code` is one of contracts/errors.ts or one that only HTTP has. */
export type Problem = {
  status: number
  code: ErrorCode | 'access_denied' | 'forbidden' | 'not_found' | 'too_large' | 'too_many_requests'
  detail: string
}

/** Of every route, for its description. */
export const problemAnswers = { '4xx': problemSchema, '5xx': problemSchema }

const titles: Record<number, string> = {
  400: 'Bad request',
  401: 'Not logged in',
  403: 'Not allowed',
  404: 'Not found',
  409: 'Conflict',
  413: 'Too large',
  429: 'Too many requests',
  500: 'Internal error',
  503: 'Not available',
}

const statuses: Partial<Record<ErrorCode, number>> = {
  run_unknown: 404,
  input_missing: 404,
  config_changed: 409,
  redis_unreachable: 503,
  redis_unavailable: 503,
  output_unwritable: 503,
}

export function isApi({ url }: FastifyRequest): boolean {
  return url.startsWith('/api/')
}

export function sendProblem(reply: FastifyReply, { status, code, detail }: Problem): FastifyReply {
  const title = titles[status] ?? titles[status >= 500 ? 500 : 400]!
  // Serialized here: the schemas of a route tell of what it answers when all is well.
  return reply
    .code(status)
    .header('content-type', 'application/problem+json')
    .serializer((body: unknown) => String(body))
    .send(JSON.stringify({ type: 'about:blank', title, status, code, detail }))
}

/** What an error comes to. One that is not ours may quote what it read, so only its kind is told. */
export function problemOf(error: unknown): Problem {
  if (error instanceof IdiolectError) {
    const status = statuses[error.code] ?? (errorCodes[error.code].user ? 400 : 500)
    return { status, code: error.code, detail: error.message }
  }
  if (error instanceof ZodError) {
    const fields = error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
    return { status: 400, code: 'usage', detail: fields.join('; ') }
  }
  const { statusCode, message } = error as { statusCode?: number; message?: string }
  if (statusCode === undefined || statusCode >= 500) {
    return {
      status: 500,
      code: codeOf(error),
      detail: 'Something went wrong here; the log of the dashboard tells what',
    }
  }
  const code = ({ 403: 'forbidden', 404: 'not_found', 413: 'too_large', 429: 'too_many_requests' } as const)[statusCode]
  return { status: statusCode, code: code ?? 'usage', detail: message ?? titles[statusCode] ?? 'Bad request' }
}
