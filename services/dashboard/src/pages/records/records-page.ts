import { findAuthor, readRows, tablesIn } from '@idiolect/output/read-rows'
import type { TableName } from '@idiolect/output/tables'
import type { Run } from '@idiolect/runtime/run-store'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'

import { findRun } from '../find-run.ts'
import { folderNotice } from '../folder-notice.ts'
import { type Html, html } from '../html.ts'
import { runAddress } from '../run-status.ts'
import { type PagesSetting, sendMissing, sendPage } from '../send-page.ts'
import { renderRecord } from './render-record.ts'
import { type Choice, renderChoice, renderNext } from './render-records.ts'

const pageOfRecords = 5
// Each text is there up to three times: in the row, marked, and in the prompt.
const pageBytes = 524_288

const querySchema = z.object({ set: z.string().optional(), user: z.string().optional(), at: z.string().optional() })

/** `/runs/:id/records`: what the run has made, as far as it is in the folder. */
export function registerRecordsPage(app: FastifyInstance, { queues, files }: PagesSetting): void {
  app.get<{ Params: { id: string } }>('/runs/:id/records', async (request, reply) => {
    const { id } = request.params
    const run = await findRun(queues, id)
    if (run === null) return sendMissing(reply, { files, run: id })
    const parsed = querySchema.safeParse(request.query)
    const content = await folderNotice(run.out, () => records(run, parsed.success ? parsed.data : {}))
    return sendPage(request, reply, {
      title: `Records of ${id} · Idiolect`,
      files,
      styles: ['records.css'],
      live: null,
      main: html`<p class="crumbs"><a href="${runAddress(id)}">${id}</a></p>
<h1>Records</h1>
${content}`,
    })
  })
}

async function records(run: Run, { set, user, at }: z.infer<typeof querySchema>): Promise<Html> {
  const tables = await tablesIn(run.out)
  const table = tables.find((each) => each === set) ?? tables[0]
  if (table === undefined) return html`<p>The run has no tables.</p>`
  const choice: Choice = { run: run.id, tables, table, user: user ?? '' }
  const cursor = at ?? (await cursorOfAuthor(run.out, table, user))
  if (cursor === null) {
    return html`${renderChoice(choice)}<p role="status">There is no author <code>${user ?? ''}</code> in ${table} so far. Names are matched exactly, capitals too.</p>`
  }
  const page = await readRows(run.out, {
    table,
    ...(cursor === undefined ? {} : { cursor }),
    limit: pageOfRecords,
    maxBytes: pageBytes,
  })
  const underWay = page.complete
    ? null
    : html`<p class="footnote">The run is under way: this is what it has committed so far.</p>`
  const none = page.rows.length === 0 && page.next === null ? html`<p>There is nothing here yet.</p>` : null
  return html`${renderChoice(choice)}${underWay}${none}
${page.rows.map(({ row }, index) => renderRecord(row, { config: run.config, index }))}
${renderNext(choice, page.next)}`
}

/** undefined for the first page; null where the author has none. */
async function cursorOfAuthor(dir: string, table: TableName, user = ''): Promise<string | null | undefined> {
  return user === '' ? undefined : findAuthor(dir, { table, userId: user })
}
