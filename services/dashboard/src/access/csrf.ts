import csrfProtection from '@fastify/csrf-protection'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

import { isApi, sendProblem } from '../problem.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** For the hidden field `csrf` of every form that posts, or the header `x-csrf-token`. */
    csrfToken(): string
  }
}

/**
 * Refuses changes that a browser was tricked into: each needs a token that only our own pages can read, and comes from them where
 * the browser says where from. A program that sends the access token by itself cannot be tricked.
 */
export async function registerCsrf(app: FastifyInstance): Promise<void> {
  await app.register(csrfProtection, {
    cookieKey: 'idiolect_csrf',
    cookieOpts: { path: '/', httpOnly: true, sameSite: 'strict', signed: true },
    getToken: (request) => tokenOf(request) ?? '',
  })
  app.decorateRequest('csrfToken', () => '')
  app.addHook('onRequest', async (request, reply) => {
    let token: string | undefined
    request.csrfToken = () => {
      token ??= reply.generateCsrf()
      return token
    }
    if (isChange(request) && !isOfThisOrigin(request)) return refuse(reply)
  })
  app.addHook('preHandler', (request, reply, done) => {
    if (!isChange(request) || request.visitor === 'bearer' || isProgram(request)) return done()
    app.csrfProtection(request, reply, done)
  })
}

export function isChange({ method }: FastifyRequest): boolean {
  return method !== 'GET' && method !== 'HEAD'
}

function tokenOf({ body, headers }: FastifyRequest): string | undefined {
  const field = (body as { csrf?: unknown } | null | undefined)?.csrf
  if (typeof field === 'string') return field
  const header = headers['x-csrf-token'] ?? headers['x-xsrf-token']
  return typeof header === 'string' ? header : undefined
}

/** On this machine programs need no token; what none of the marks of a browser is on, none has sent. */
function isProgram(request: FastifyRequest): boolean {
  const { origin, cookie, 'sec-fetch-site': site } = request.headers
  return isApi(request) && request.visitor === 'loopback' && [origin, cookie, site].every((mark) => mark === undefined)
}

function isOfThisOrigin({ headers }: FastifyRequest): boolean {
  const { origin, host, 'sec-fetch-site': site } = headers
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false
  return origin === undefined || (URL.canParse(origin) && new URL(origin).host === host)
}

function refuse(reply: FastifyReply): FastifyReply {
  return sendProblem(reply, {
    status: 403,
    code: 'forbidden',
    detail: 'A page of another server asked for this change',
  })
}
