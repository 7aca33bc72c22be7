import { groupFailures, readFailures } from '@idiolect/output/read-failures'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'

import { findRun } from '../find-run.ts'
import { folderNotice } from '../folder-notice.ts'
import { html } from '../html.ts'
import { isLive, runAddress } from '../run-status.ts'
import { type PagesSetting, sendMissing, sendPage } from '../send-page.ts'
import { type FailedGroup, renderFailureGroups, renderFailures } from './render-failures.ts'

const pageOfFailures = 50

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
      if (code === undefined) return renderFailureGroups(await groupFailures(run.out), { run, csrf })
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
      styles: ['records.css'],
      live: null,
      main: html`<p class="crumbs"><a href="${runAddress(id)}">${id}</a></p>
<h1>Failures</h1>
${content}`,
    })
  })
}
