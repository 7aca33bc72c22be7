import type { AddressInfo } from 'node:net'
import { IdiolectError } from '@idiolect/contracts/errors'
import type { Queues } from '@idiolect/runtime/queues'
import { runObserver } from '@idiolect/runtime/run-progress'
import Fastify from 'fastify'
import type { Logger } from 'pino'

import { eventStream } from './event-stream.ts'
import { guard } from './guard.ts'
import { isLoopback } from './loopback.ts'
import { registerPageFiles } from './page-files.ts'
import { registerQueueBoard } from './queue-board.ts'
import { renderPage } from './render-page.ts'
import { documentTitle, renderRuns } from './render-runs.ts'
import { type FeedState, runFeed } from './run-feed.ts'
import { runView } from './run-view.ts'

export type DashboardOptions = {
  queues: Queues
  /** A loopback name or address. */
  host: string
  /** 0 takes any that is free. */
  port: number
  log: Logger
}

export type Dashboard = { url: string; close(): Promise<void> }

const queuesPrefix = '/queues'
const shownRuns = 50

/**
 * Serves the pages: the runs, live, at `/`, the same as JSON at `/api/runs`, Bull Board at `/queues`, and `/healthz`.
 * Nothing here changes anything, and nothing shows what people wrote. The caller closes `queues`.
 * @throws IdiolectError `config_invalid` for a host other than loopback, `port_taken`
 */
export async function startDashboard({ queues, host, port, log }: DashboardOptions): Promise<Dashboard> {
  if (!isLoopback(host)) {
    throw new IdiolectError(
      'config_invalid',
      `The dashboard cannot listen on ${host}: the access token that this needs comes with a later version; use --host 127.0.0.1`,
    )
  }
  const observer = runObserver(queues)
  const feed = runFeed({
    read: async () => (await observer.observe(await queues.store.list(shownRuns))).map(runView),
    onError: (error) => log.warn(`the runs cannot be read: ${(error as Error).message}`),
  })
  const stream = eventStream((send) => feed.subscribe((state) => send(liveMessage(state))))

  const app = Fastify({ forceCloseConnections: true, bodyLimit: 1024 })
  guard(app, queuesPrefix)
  const files = registerPageFiles(app)
  registerQueueBoard(app, queues, queuesPrefix)

  app.get('/', async (_request, reply) =>
    reply.type('text/html; charset=utf-8').send(renderPage(await feed.current(), files)),
  )
  app.get('/events', (_request, reply) => {
    reply.hijack()
    stream.add(reply.raw, reply.getHeaders() as Record<string, string>)
  })
  app.get('/api/runs', async (_request, reply) => {
    const { answering, runs } = await feed.current()
    return reply.code(answering ? 200 : 503).send(answering ? { runs } : { error: 'redis_unreachable' })
  })
  app.get('/healthz', async (_request, reply) => {
    const { answering } = await feed.current()
    return reply.code(answering ? 200 : 503).send({ redis: answering ? 'answers' : 'silent' })
  })
  app.addHook('preClose', async () => stream.close())

  try {
    await app.listen({ host, port })
  } catch (error) {
    await app.close()
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    throw new IdiolectError('port_taken', `Port ${port} is taken by another program; choose one with --port`, {
      cause: error,
    })
  }
  const { port: boundPort } = app.server.address() as AddressInfo
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${boundPort}`
  log.info({ url }, 'dashboard ready')
  return { url, close: () => app.close() }
}

function liveMessage(state: FeedState): string {
  return JSON.stringify({ title: documentTitle(state), markup: renderRuns(state).markup })
}
