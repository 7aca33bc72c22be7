import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import { sendProblem } from '../problem.ts'
import { registerAccess } from './access.ts'
import { isChange, registerCsrf } from './csrf.ts'
import { isLoopbackRequest } from './loopback.ts'

const ownPages = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

// Bull Board styles its elements inline and names its own base.
const queuePages = ownPages
  .replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")
  .replace("img-src 'self'", "img-src 'self' data:; font-src 'self'")
  .replace("base-uri 'none'", "base-uri 'self'")

// Twenty open tabs that are all read at once stay far below it: a page is some five requests, its news one.
const requestsAMinute = 3_000

// Logging in changes nothing.
const withoutEffect = new Set(['/login', '/logout'])

export type GuardOptions = {
  /** null on loopback alone. */
  token: string | null
  readOnly: boolean
  /** Below it changes are refused unless `queueActions`. */
  queuesPrefix: string
  queueActions: boolean
  log: Logger
}

/** Says what pages may do, and refuses who may not ask, what may not be asked, and what a browser was tricked into. */
export async function guardRequests(app: FastifyInstance, options: GuardOptions): Promise<void> {
  const { token, readOnly, queuesPrefix, queueActions, log } = options
  const isOfQueues = (url: string): boolean => url.startsWith(queuesPrefix)
  app.addHook('onRequest', async (request, reply) => {
    reply.headers({
      'content-security-policy': isOfQueues(request.url) ? queuePages : ownPages,
      'x-content-type-options': 'nosniff',
      // Without it a form of ours would be sent with the origin "null".
      'referrer-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-store',
    })
    if (token === null && !isLoopbackRequest(request.headers.host)) {
      const detail = 'Without an access token this answers under 127.0.0.1 and localhost only'
      return sendProblem(reply, { status: 421, code: 'access_denied', detail })
    }
  })
  await registerAccess(app, token, log)
  await registerCsrf(app)
  app.addHook('onRequest', async (request, reply) => {
    if (!isChange(request) || withoutEffect.has(request.url)) return
    if (!readOnly && (queueActions || !isOfQueues(request.url))) return
    const detail = readOnly
      ? 'This dashboard is read-only'
      : 'The queues are shown, not changed; --queue-actions allows it'
    return sendProblem(reply.header('allow', 'GET, HEAD'), { status: 405, code: 'forbidden', detail })
  })
  await app.register(rateLimit, { max: requestsAMinute, timeWindow: '1 minute' })
}
