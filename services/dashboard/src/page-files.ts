import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { FastifyInstance } from 'fastify'

const files = {
  'page.css': { type: 'text/css; charset=utf-8', at: new URL('./pages/page.css', import.meta.url) },
  'page.js': { type: 'text/javascript; charset=utf-8', at: new URL('./pages/page.js', import.meta.url) },
  'icon.svg': { type: 'image/svg+xml', at: new URL('./pages/icon.svg', import.meta.url) },
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
