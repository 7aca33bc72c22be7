import { setTimeout as sleep } from 'node:timers/promises'

import type { ProblemDetails } from '@idiolect/contracts/http-api'

export type Connection = {
  /** Of the dashboard, such as `http://127.0.0.1:8080`. */
  url: string
  token?: string
}

/** What the dashboard refused or could not do; `code` as in its documentation. */
export class ApiError extends Error {
  override name = 'ApiError'
  readonly status: number
  readonly code: string

  constructor({ status, code, detail }: Pick<ProblemDetails, 'status' | 'code' | 'detail'>) {
    super(detail)
    this.status = status
    this.code = code
  }
}

export type Request = {
  method?: 'GET' | 'POST'
  query?: Record<string, string | number | undefined>
  /** Sent as JSON. */
  body?: unknown
  /** Sent as it comes, no faster than it is taken. */
  stream?: ReadableStream<Uint8Array>
  signal?: AbortSignal | undefined
}

export type Http = <T>(path: string, request?: Request) => Promise<T>

const mostAttempts = 6
const patienceMs = 500

/** @throws ApiError; what is busy or asked too often is asked again as long as nothing was changed by asking */
export function http({ url, token }: Connection): Http {
  const base = `${url.replace(/\/+$/, '')}/api/v1`
  return async <T>(path: string, request: Request = {}): Promise<T> => {
    const { method = 'GET', signal } = request
    for (let attempt = 1; ; attempt++) {
      const response = await fetch(base + path + queryOf(request), {
        method,
        ...contentOf(request, token),
        ...(signal === undefined ? {} : { signal }),
      })
      if (response.ok) return (response.status === 204 ? undefined : await response.json()) as T
      const error = await errorOf(response)
      const isTransient = response.status === 429 || response.status === 503
      if (!isTransient || method !== 'GET' || attempt === mostAttempts) throw error
      const waitMs = Number(response.headers.get('retry-after') ?? 0) * 1000
      await sleep(Math.max(waitMs, patienceMs * 2 ** attempt), undefined, signal === undefined ? {} : { signal })
    }
  }
}

function queryOf({ query = {} }: Request): string {
  const given = Object.entries(query).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, String(value)]],
  )
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`
}

function contentOf({ body, stream }: Request, token: string | undefined): RequestInit {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }
  if (stream !== undefined) {
    headers['content-type'] = 'application/x-ndjson'
    return { headers, body: stream, duplex: 'half' }
  }
  if (body === undefined) return { headers }
  headers['content-type'] = 'application/json'
  return { headers, body: JSON.stringify(body) }
}

async function errorOf(response: Response): Promise<ApiError> {
  const { status } = response
  const text = await response.text()
  if (response.headers.get('content-type')?.startsWith('application/problem+json')) {
    return new ApiError(JSON.parse(text) as ProblemDetails)
  }
  return new ApiError({ status, code: 'unknown', detail: `the server answered ${status}` })
}
