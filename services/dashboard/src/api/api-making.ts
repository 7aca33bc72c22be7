import type { Readable } from 'node:stream'

import { createdRunSchema, createRunSchema, uploadSchema } from '@idiolect/contracts/http-api'
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'

import { NotAllowed } from '../actions/allowed.ts'
import { requireRedis } from '../actions/require-redis.ts'
import type { RunCreation } from '../actions/run-creation.ts'
import type { UploadStore } from '../actions/upload-store.ts'
import type { RunFeed } from '../feed/run-feed.ts'
import { problemAnswers } from '../problem.ts'

/** null where no folder for outputs is set. */
export type Making = { uploads: UploadStore; creation: RunCreation } | null

const uploadTypes = ['application/x-ndjson', 'application/jsonl', 'application/gzip', 'application/octet-stream']

/** How runs are made. */
export function routesOfMaking({ feed, making }: { feed: RunFeed; making: Making }): FastifyPluginCallbackZod {
  const made = () => {
    if (making !== null) return making
    throw new NotAllowed('Runs can be made here once --outputs (IDIOLECT_DASHBOARD_OUTPUTS) names a folder for them')
  }

  return (api, _options, done) => {
    requireRedis(api, feed)
    api.addContentTypeParser(uploadTypes, (_request, payload, parsed) => parsed(null, payload))
    api.post(
      '/uploads',
      {
        schema: {
          summary: 'Send documents or requests: JSON Lines, plain or gzip',
          consumes: uploadTypes,
          response: { 201: uploadSchema, ...problemAnswers },
        },
        // The store has a limit of its own, which holds for what is sent in pieces too.
        bodyLimit: Number.MAX_SAFE_INTEGER,
      },
      async (request, reply) => reply.code(201).send(await made().uploads.add(request.body as Readable)),
    )
    api.post(
      '/runs',
      {
        schema: {
          summary: 'Make a run, go on with it, or ask how far its beginning is',
          body: createRunSchema,
          response: { 200: createdRunSchema, 201: createdRunSchema, 202: createdRunSchema, ...problemAnswers },
        },
      },
      async ({ body, visitor }, reply) => {
        const created = await made().creation.create(body, visitor)
        if (created.state === 'reading') reply.header('retry-after', 2)
        return reply.code(({ begun: 201, reading: 202, finished: 200 } as const)[created.state]).send(created)
      },
    )
    done()
  }
}
