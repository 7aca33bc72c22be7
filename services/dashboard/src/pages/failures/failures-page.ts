import { setTimeout as sleep } from 'node:timers/promises'

import { groupFailures, readFailures } from '@idiolect/output/read-failures'
import type { Run } from '@idiolect/runtime/run-store'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'

import { findRun } from '../find-run.ts'
import { folderNotice } from '../folder-notice.ts'
import { type Html, html } from '../html.ts'
import { isLive, runAddress } from '../run-status.ts'
import { type PagesSetting, sendMissing, sendPage } from '../send-page.ts'
import { type FailedGroup, renderFailureGroups, renderFailures } from './render-failures.ts'

const pageOfFailures = 50

// The first look at a run with a hundred thousand failed parts takes seconds; a page should answer within 100 ms.
const patienceMs = 60
const askAgainSeconds = 2

const querySchema = z.object({
  stage: z.string().optional(),
  code: z.string().optional(),
  message: z.string().optional(),
  at: z.string().optional(),
})

/** `/runs/:id/failures`: the groups; with a group in the query, what is in it. */
export function registerFailuresPage(app: FastifyInstance, { queues, readOnly, files }: PagesSetting): void {
  app.get<{ Params: { id: string } }>('/runs/:id/failures', async (request, reply) => {
    const { id } = request.params
    const run = await findRun(queues, id)
    if (run === null) return sendMissing(reply, { files, run: id })
    const parsed = querySchema.safeParse(request.query)
    const { at, stage, code, message } = parsed.success ? parsed.data : {}
    const csrf = readOnly || isLive(run) ? null : request.csrfToken()
    const content = await folderNotice(run.out, async () => {
      if (code === undefined) return renderGroups(run, csrf)
      const group: FailedGroup = {
        code,
        ...(stage === undefined ? {} : { stage }),
        ...(message === undefined ? {} : { message }),
      }
      const page = await readFailures(run.out, {
        ...group,
        ...(at === undefined ? {} : { cursor: at }),
        limit: pageOfFailures,
      })
      return renderFailures(page, { run, group, csrf })
    })
    return sendPage(request, reply, {
      title: `Failures of ${id} · Idiolect`,
      files,
      refreshSeconds: content === counting ? askAgainSeconds : null,
      styles: ['records.css'],
      live: null,
      main: html`<p class="crumbs"><a href="${runAddress(id)}">${id}</a></p>
<h1>Failures</h1>
${content}`,
    })
  })
}

const counting = html`<p role="status">The failures are being counted …</p>`

/** What has not been counted in time goes on being counted while the page asks again by itself. */
async function renderGroups(run: Run, csrf: string | null): Promise<Html> {
  const grouping = groupFailures(run.out)
  grouping.catch(() => undefined)
  const groups = await Promise.race([grouping, sleep(patienceMs, null)])
  return groups === null ? counting : renderFailureGroups(groups, { run, csrf })
}
