import type { FastifyInstance } from 'fastify'

import { isLoopbackRequest } from './loopback.ts'

const ownPages = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

// Bull Board styles its elements inline and names its own base.
const queuePages = ownPages
  .replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")
  .replace("img-src 'self'", "img-src 'self' data:; font-src 'self'")
  .replace("base-uri 'none'", "base-uri 'self'")

/** Refuses what does not come from this machine's own pages or wants to change something, and says what pages may do. */
export function guard(app: FastifyInstance, queuesPrefix: string): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.headers({
      'content-security-policy': request.url.startsWith(queuesPrefix) ? queuePages : ownPages,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-store',
    })
    if (!isLoopbackRequest(request.headers.host)) {
      return reply.code(421).type('text/plain').send('This page answers under 127.0.0.1 and localhost only.\n')
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return reply.code(405).header('allow', 'GET, HEAD').type('text/plain').send('The dashboard is read-only.\n')
    }
  })
}
