import formbody from '@fastify/formbody'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'

import { renderRefusal } from './access/access-page.ts'
import { requireRedis } from './actions/require-redis.ts'
import type { RunActions } from './actions/run-actions.ts'
import type { RunFeed } from './feed/run-feed.ts'
import { problemOf } from './problem.ts'

const notices = { pause: 'paused', resume: 'resumed', cancel: 'cancelled' } as const

// An id may be 10,000 characters long.
const text = z.string().max(20_000)
const retryForm = z.object({
  code: text.optional(),
  stage: text.optional(),
  message: text.optional(),
  id: z.union([text.transform((id) => [id]), z.array(text).max(1000)]).optional(),
})

// The names of a page of records at most.
const formBytes = 1_048_576

/** The forms of the pages: each answers by leading back to where it was sent from, with what was done as `notice`. */
export async function registerForms(
  app: FastifyInstance,
  { actions, feed }: { actions: RunActions; feed: RunFeed },
): Promise<void> {
  await app.register(formbody, { bodyLimit: formBytes })
  app.register((scope, _options, done) => {
    requireRedis(scope, feed)
    scope.setErrorHandler((error, request, reply) => {
      const { status, detail } = problemOf(error)
      return reply
        .code(status)
        .type('text/html; charset=utf-8')
        .send(renderRefusal({ detail, back: backOf(request) }))
    })
    for (const [steering, notice] of Object.entries(notices)) {
      scope.post<{ Params: { id: string } }>(`/runs/:id/${steering}`, async (request, reply) => {
        const { id } = request.params
        await actions.steer(id, steering as keyof typeof notices, request.visitor)
        return reply.redirect(`${pageOf(id)}?notice=${notice}`, 303)
      })
    }
    scope.post<{ Params: { id: string } }>('/runs/:id/retry', async (request, reply) => {
      const { id } = request.params
      const { id: ids, ...fields } = retryForm.parse(request.body)
      const named = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''))
      const run = await actions.retry(id, { ...named, ...(ids === undefined ? {} : { ids }) }, request.visitor)
      return reply.redirect(`${pageOf(run ?? id)}?notice=retrying`, 303)
    })
    done()
  })
}

function pageOf(id: string): string {
  return `/runs/${encodeURIComponent(id)}`
}

/** The page that the form stands on. */
function backOf({ params, headers: { referer, host } }: FastifyRequest): string {
  if (referer !== undefined && URL.canParse(referer) && new URL(referer).host === host) {
    const { pathname, search } = new URL(referer)
    return pathname + search
  }
  const { id } = (params ?? {}) as { id?: string }
  return id === undefined ? '/' : pageOf(id)
}
