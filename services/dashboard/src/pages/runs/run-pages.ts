import type { Config } from '@idiolect/contracts/config'
import type { FastifyInstance } from 'fastify'
import { currentView } from '../../feed/run-view.ts'
import { withoutCredentials } from '../../feed/without-credentials.ts'
import { findRun } from '../find-run.ts'
import { type Html, html } from '../html.ts'
import { runAddress } from '../run-status.ts'
import { type PagesSetting, sendMissing, sendPage } from '../send-page.ts'
import { renderRun, runTitle } from './render-run.ts'
import { documentTitle, renderRuns } from './render-runs.ts'

/** `/` and `/runs/:id`, both live. */
export function registerRunPages(app: FastifyInstance, { queues, feed, readOnly, files }: PagesSetting): void {
  app.get('/', async (request, reply) => {
    const state = await feed.current()
    const main = renderRuns(state)
    return sendPage(request, reply, { title: documentTitle(state), files, styles: ['runs.css'], live: '/', main })
  })

  app.get<{ Params: { id: string } }>('/runs/:id', async (request, reply) => {
    const { id } = request.params
    const [state, run] = await Promise.all([feed.current(), findRun(queues, id)])
    if (run === null) return sendMissing(reply, { files, run: id })
    const view = await currentView(queues, { run, known: state.runs })
    // One that is too old for the feed has long ended.
    const charts = state.runs.some((each) => each.id === id)
    return sendPage(request, reply, {
      title: runTitle(view),
      files,
      styles: ['runs.css', 'run.css'],
      charts,
      live: charts ? runAddress(id) : null,
      main: renderRun(view, state, { csrf: request.csrfToken(), readOnly, charts }),
      after: renderConfig(run.config),
    })
  })
}

/** As it was resolved; a model may be named by an address with a password in it. */
function renderConfig(config: Config): Html {
  const text = JSON.stringify(
    config,
    (_key, value) => (typeof value === 'string' ? withoutCredentials(value) : value),
    2,
  )
  return html`<details class="config" id="config"><summary>Configuration</summary><pre>${text}</pre></details>`
}
