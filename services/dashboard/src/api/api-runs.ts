import { existsSync } from 'node:fs'

import { IdiolectError } from '@idiolect/contracts/errors'
import {
  failureGroupsSchema,
  failuresQuerySchema,
  failuresSchema,
  resultsQuerySchema,
  resultsSchema,
  retriedSchema,
  retrySchema,
  runListSchema,
  runStatusSchema,
} from '@idiolect/contracts/http-api'
import { followRows } from '@idiolect/output/follow-rows'
import { groupFailures, readFailures } from '@idiolect/output/read-failures'
import type { TableName } from '@idiolect/output/tables'
import type { Queues } from '@idiolect/runtime/queues'
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { requireRedis } from '../actions/require-redis.ts'
import type { RunActions } from '../actions/run-actions.ts'
import type { RunFeed } from '../feed/run-feed.ts'
import { currentView, type RunView } from '../feed/run-view.ts'
import { problemAnswers } from '../problem.ts'

const pageBytes = 8_388_608
const runParams = z.object({ id: z.string().max(200) })

/** What is known of runs, and what can be done with one. */
export function routesOfRuns({
  queues,
  feed,
  actions,
}: {
  queues: Queues
  feed: RunFeed
  actions: RunActions
}): FastifyPluginCallbackZod {
  const folderOf = async (id: string): Promise<string> => {
    const { out } = await queues.store.get(id)
    if (existsSync(out)) return out
    throw new IdiolectError('input_missing', `the folder of run ${id} cannot be reached from here: ${out}`)
  }
  const runsNow = async (): Promise<readonly RunView[]> => (await feed.current()).runs

  return (api, _options, done) => {
    requireRedis(api, feed)
    api.get(
      '/runs',
      { schema: { summary: 'The newest runs', response: { 200: runListSchema, ...problemAnswers } } },
      async () => ({ runs: [...(await runsNow())] }),
    )
    api.get(
      '/runs/:id',
      {
        schema: {
          summary: 'How far a run is',
          params: runParams,
          response: { 200: runStatusSchema, ...problemAnswers },
        },
      },
      // Whoever has just paused a run sees that; the rest may be a second old.
      async ({ params: { id } }) => currentView(queues, { run: await queues.store.get(id), known: await runsNow() }),
    )
    api.get(
      '/runs/:id/results',
      {
        schema: {
          summary: 'A page of the rows, each once and in the order of the output, also while the run adds them',
          params: runParams,
          querystring: resultsQuerySchema,
          response: { 200: resultsSchema, ...problemAnswers },
        },
      },
      async ({ params: { id }, query: { cursor, limit, table } }) =>
        followRows(await folderOf(id), {
          limit,
          maxBytes: pageBytes,
          ...(cursor === undefined ? {} : { cursor }),
          ...(table === undefined ? {} : { table: table as TableName }),
        }),
    )
    api.get(
      '/runs/:id/failures',
      {
        schema: {
          summary: 'A page of what was given up',
          params: runParams,
          querystring: failuresQuerySchema,
          response: { 200: failuresSchema, ...problemAnswers },
        },
      },
      async ({ params: { id }, query }) => readFailures(await folderOf(id), present(query)),
    )
    api.get(
      '/runs/:id/failure-groups',
      {
        schema: {
          summary: 'What was given up, by stage, code and message',
          params: runParams,
          response: { 200: failureGroupsSchema, ...problemAnswers },
        },
      },
      async ({ params: { id } }) => groupFailures(await folderOf(id)),
    )
    for (const steering of ['pause', 'resume', 'cancel'] as const) {
      api.post(
        `/runs/:id/${steering}`,
        {
          schema: {
            summary: `Tell a run under way to ${steering}`,
            params: runParams,
            response: { 204: z.null(), ...problemAnswers },
          },
        },
        async ({ params: { id }, visitor }, reply) => {
          await actions.steer(id, steering, visitor)
          return reply.code(204).send(null)
        },
      )
    }
    api.post(
      '/runs/:id/retry',
      {
        schema: {
          summary: 'Try failures again: those that all of the fields name, or all',
          params: runParams,
          body: retrySchema.nullish(),
          response: { 202: retriedSchema, ...problemAnswers },
        },
      },
      async ({ params: { id }, body, visitor }, reply) =>
        reply.code(202).send({ run: await actions.retry(id, present(body ?? {}), visitor) }),
    )
    done()
  }
}

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> }

/** Without the fields that were not given. */
function present<T extends object>(
  fields: T,
): Present<T> & { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never
}
