import type { FastifyInstance } from 'fastify'
import { registerFailuresPage } from './failures/failures-page.ts'
import { livePages } from './live-pages.ts'
import { registerPageFiles } from './page-files.ts'
import { registerRecordsPage } from './records/records-page.ts'
import { registerRunPages } from './runs/run-pages.ts'
import type { PagesOptions } from './send-page.ts'

/** The pages: `/`, `/runs/:id`, its failures and its records, their files under `/pages/`, and `/events` for those that are live. */
export function registerPages(app: FastifyInstance, options: PagesOptions): void {
  const files = registerPageFiles(app)
  const setting = { ...options, files }
  registerRunPages(app, setting)
  registerFailuresPage(app, setting)
  registerRecordsPage(app, setting)
  livePages(app, options)
}
