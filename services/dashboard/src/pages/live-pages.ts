import type { FastifyInstance } from 'fastify'
import { chartData } from '../feed/chart-data.ts'
import { type EventStream, eventStream } from '../feed/event-stream.ts'
import type { FeedState, RunFeed } from '../feed/run-feed.ts'
import { renderRun, runTitle } from './runs/render-run.ts'
import { documentTitle, renderRuns } from './runs/render-runs.ts'

const runPath = /^\/runs\/([^/]+)$/

/** `/events?page=PATH`: what a page shows, anew whenever it changes; one rendering for all who have the page open. */
export function livePages(app: FastifyInstance, { feed, readOnly }: { feed: RunFeed; readOnly: boolean }): void {
  const streams = new Map<string, EventStream>()

  const streamOf = (page: string, runId: string | null): EventStream => {
    const known = streams.get(page)
    if (known !== undefined) return known
    const stream = eventStream((send) =>
      feed.subscribe((state) => {
        send('page', JSON.stringify(runId === null ? runsMessage(state) : runMessage(state, { id: runId, readOnly })))
        if (runId !== null) send('charts', JSON.stringify(chartData(state.workforce, state.atMs)))
      }),
    )
    streams.set(page, stream)
    return stream
  }

  app.get<{ Querystring: { page?: string } }>('/events', async ({ query: { page = '/' } }, reply) => {
    const runId = idOf(page)
    const known = runId === null ? page === '/' : (await feed.current()).runs.some(({ id }) => id === runId)
    if (!known) return reply.code(404).type('text/plain').send('Nothing happens on this page.\n')
    reply.hijack()
    streamOf(page, runId).add(reply.raw, reply.getHeaders() as Record<string, string>)
    return reply
  })
  app.addHook('preClose', async () => {
    for (const stream of streams.values()) stream.close()
  })
}

/** The run that a page is about, as its address names it; null for another page. */
function idOf(page: string): string | null {
  const name = runPath.exec(page)?.[1]
  try {
    return name === undefined ? null : decodeURIComponent(name)
  } catch {
    return null
  }
}

function runsMessage(state: FeedState) {
  return { title: documentTitle(state), markup: renderRuns(state).markup }
}

function runMessage(state: FeedState, { id, readOnly }: { id: string; readOnly: boolean }) {
  const run = state.runs.find((each) => each.id === id)
  if (run === undefined) return { title: 'Idiolect', markup: '<p>This run is gone.</p>' }
  return { title: runTitle(run), markup: renderRun(run, state, { readOnly }).markup }
}
