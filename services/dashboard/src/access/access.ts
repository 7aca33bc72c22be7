import { randomBytes } from 'node:crypto'
import cookie from '@fastify/cookie'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import { isApi, sendProblem } from '../problem.ts'
import { renderLogin } from './access-page.ts'
import { cookieKey, isToken } from './access-token.ts'
import { failedAttempts } from './failed-attempts.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks: anybody on this machine, somebody who has logged in, or a program that sends the token. */
    visitor: 'loopback' | 'session' | 'bearer'
  }
}

const sessionCookie = 'idiolect_session'
const sessionMs = 12 * 3600_000

/** What anybody may see: that it is alive, the way in, and the files of the pages. */
const openPaths = /^\/(healthz|login|pages\/[^/]+)$/

/** Lets in who has the token, by `Authorization: Bearer` or by a session that `/login` opens; everybody where there is no token. */
export async function registerAccess(app: FastifyInstance, token: string | null, log: Logger): Promise<void> {
  await app.register(cookie, { secret: token === null ? randomBytes(32).toString('base64') : cookieKey(token) })
  app.decorateRequest('visitor', 'loopback')
  if (token === null) return
  const attempts = failedAttempts()

  app.addHook('onRequest', async (request, reply) => {
    const bearer = /^bearer +(.+)$/i.exec(request.headers.authorization ?? '')?.[1]
    if (bearer !== undefined) {
      if (attempts.isBlocked(request.ip)) return refuse(reply, 429)
      if (isToken(bearer, token)) {
        request.visitor = 'bearer'
        return
      }
      attempts.add(request.ip)
      return refuse(reply, 401)
    }
    if (hasSession(request)) {
      request.visitor = 'session'
      return
    }
    if (openPaths.test(pathOf(request.url))) return
    const wantsPage = request.method === 'GET' && !isApi(request) && request.headers.accept?.includes('text/html')
    if (!wantsPage) return refuse(reply, 401)
    return reply.redirect(`/login?next=${encodeURIComponent(request.url)}`, 303)
  })

  app.get<{ Querystring: { next?: string } }>('/login', (request, reply) =>
    reply
      .type('text/html; charset=utf-8')
      .send(renderLogin({ csrf: request.csrfToken(), next: nextOf(request.query.next) })),
  )
  app.post<{ Body: { token?: unknown; next?: unknown } | undefined }>('/login', (request, reply) => {
    const { token: given, next } = request.body ?? {}
    const blocked = attempts.isBlocked(request.ip)
    if (!blocked && typeof given === 'string' && isToken(given, token)) {
      reply.setCookie(sessionCookie, `until ${Date.now() + sessionMs}`, {
        ...cookieOptions(request),
        maxAge: sessionMs / 1000,
      })
      return reply.redirect(nextOf(next), 303)
    }
    if (!blocked) attempts.add(request.ip)
    log.warn({ address: request.ip, blocked }, 'login refused')
    const problem = blocked ? 'Too many attempts; wait a minute.' : 'This is not the token.'
    return reply
      .code(blocked ? 429 : 401)
      .type('text/html; charset=utf-8')
      .send(renderLogin({ csrf: request.csrfToken(), next: nextOf(next), problem }))
  })
  app.post('/logout', (request, reply) =>
    reply.clearCookie(sessionCookie, cookieOptions(request)).redirect('/login', 303),
  )
}

function hasSession(request: FastifyRequest): boolean {
  const { valid, value } = request.unsignCookie(request.cookies[sessionCookie] ?? '')
  return valid && Number(/^until (\d+)$/.exec(value)?.[1]) > Date.now()
}

function cookieOptions({ protocol }: FastifyRequest) {
  return { path: '/', httpOnly: true, sameSite: 'strict', signed: true, secure: protocol === 'https' } as const
}

function refuse(reply: FastifyReply, status: 401 | 429): FastifyReply {
  if (status === 429) reply.header('retry-after', 60)
  else reply.header('www-authenticate', 'Bearer')
  const detail =
    status === 429 ? 'Too many failed attempts; wait a minute' : 'This needs the access token of the dashboard'
  return sendProblem(reply, { status, code: 'access_denied', detail })
}

function pathOf(url: string): string {
  return url.split('?', 1)[0]!
}

/** A page of this server; whatever could lead elsewhere is the first one. */
function nextOf(next: unknown): string {
  return typeof next === 'string' && /^\/(?![/\\])[^\\\s]*$/.test(next) ? next : '/'
}
