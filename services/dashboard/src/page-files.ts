import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { FastifyInstance } from 'fastify'

const types = {
  'page.css': 'text/css; charset=utf-8',
  'page.js': 'text/javascript; charset=utf-8',
  'icon.svg': 'image/svg+xml',
} as const

export type PageFile = keyof typeof types

/** Serves the pages' own files and returns their addresses, which change with the content, so browsers keep them. */
export function registerPageFiles(app: FastifyInstance): Record<PageFile, string> {
  const addresses = Object.entries(types).map(([name, type]) => {
    const content = readFileSync(new URL(`./pages/${name}`, import.meta.url))
    const digest = createHash('sha256').update(content).digest('hex').slice(0, 12)
    app.get(`/pages/${name}`, (_request, reply) =>
      reply.type(type).header('cache-control', 'public, max-age=31536000, immutable').send(content),
    )
    return [name, `/pages/${name}?${digest}`]
  })
  return Object.fromEntries(addresses) as Record<PageFile, string>
}
