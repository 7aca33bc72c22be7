import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { FastifyInstance } from 'fastify'

const require = createRequire(import.meta.url)
const css = 'text/css; charset=utf-8'
const javascript = 'text/javascript; charset=utf-8'

const files = {
  'page.css': { type: css, at: new URL('./assets/page.css', import.meta.url) },
  'runs.css': { type: css, at: new URL('./assets/runs.css', import.meta.url) },
  'run.css': { type: css, at: new URL('./assets/run.css', import.meta.url) },
  'records.css': { type: css, at: new URL('./assets/records.css', import.meta.url) },
  'page.js': { type: javascript, at: new URL('./assets/page.js', import.meta.url) },
  'charts.js': { type: javascript, at: new URL('./assets/charts.js', import.meta.url) },
  'icon.svg': { type: 'image/svg+xml', at: new URL('./assets/icon.svg', import.meta.url) },
  'uplot.js': { type: javascript, at: require.resolve('uplot/dist/uPlot.iife.min.js') },
  'uplot.css': { type: css, at: require.resolve('uplot/dist/uPlot.min.css') },
} as const

export type PageFile = keyof typeof files

/** Serves the pages' own files and returns their addresses, which change with the content, so browsers keep them. */
export function registerPageFiles(app: FastifyInstance): Record<PageFile, string> {
  const addresses = Object.entries(files).map(([name, { type, at }]) => {
    const content = readFileSync(at)
    const digest = createHash('sha256').update(content).digest('hex').slice(0, 12)
    app.get(`/pages/${name}`, (_request, reply) =>
      reply.type(type).header('cache-control', 'public, max-age=31536000, immutable').send(content),
    )
    return [name, `/pages/${name}?${digest}`]
  })
  return Object.fromEntries(addresses) as Record<PageFile, string>
}
