import type { Queues } from '@idiolect/runtime/queues'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { RunFeed } from '../feed/run-feed.ts'
import { type Page, type PageFiles, renderMissing, renderNotice, renderPage } from './render-page.ts'

export type PagesOptions = { queues: Queues; feed: RunFeed; readOnly: boolean }

export type PagesSetting = PagesOptions & { files: PageFiles }

/** Answers with a page; the rest of it follows from who asks, and what the address says was done. */
export function sendPage(
  request: FastifyRequest,
  reply: FastifyReply,
  { files, ...content }: Omit<Page, 'csrf' | 'notice' | 'logout'>,
): FastifyReply {
  const { notice } = request.query as { notice?: unknown }
  const page = {
    ...content,
    files,
    csrf: request.csrfToken(),
    notice: renderNotice(notice),
    logout: request.visitor === 'session',
  }
  return reply.type('text/html; charset=utf-8').send(renderPage(page))
}

export function sendMissing(reply: FastifyReply, { files, run }: { files: PageFiles; run: string }): FastifyReply {
  return reply
    .code(404)
    .type('text/html; charset=utf-8')
    .send(renderMissing(files, `Redis knows no run ${run}.`))
}
