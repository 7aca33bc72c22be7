import { createBullBoard } from '@bull-board/api'
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter'
import { FastifyAdapter } from '@bull-board/fastify'
import { batchSchema } from '@idiolect/contracts/batch'
import { stages } from '@idiolect/contracts/stages'
import type { Queues } from '@idiolect/runtime/queues'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'

import { isChange } from './access/csrf.ts'

const pollSeconds = 15
// Whoever asks within it gets what was told to the one before: twenty tabs cost little more than one.
const sharedMs = 5_000
const mostShared = 100
const mostListed = 1_000

// Bull Board's page asks for web fonts; without them it takes the system's.
const outsideStylesheet = /<link href="https:[^>]*>/g

export type QueueBoardOptions = { prefix: string; changeable: boolean }

/** Bull Board over the stages' queues: without what people wrote, and to look at alone unless they are changeable. */
export function registerQueueBoard(
  app: FastifyInstance,
  queues: Queues,
  { prefix, changeable }: QueueBoardOptions,
): void {
  const serverAdapter = new FastifyAdapter().setBasePath(prefix)
  createBullBoard({
    queues: stages.map((stage) => {
      const adapter = new BullMQAdapter(queues.queue(stage), { readOnlyMode: !changeable })
      adapter.getJobs = (states, start = 0, end = start) =>
        queues.jobs(stage, { states, start, end: Math.min(end, start + mostListed - 1) })
      adapter.setFormatter('data', describeBatch)
      // Processors return nothing; whatever else should stand there is none of ours to show.
      adapter.setFormatter('returnValue', () => null)
      adapter.setFormatter('progress', () => 0)
      return adapter
    }),
    serverAdapter,
    options: {
      uiConfig: {
        boardTitle: 'Idiolect queues',
        miscLinks: [{ text: 'Runs', url: '/' }],
        hideDocsLink: true,
        // In the pipeline's order, not the alphabet's.
        sortQueues: false,
        hideRedisDetails: true,
        // Each look would cost Redis a CLIENT LIST a queue.
        showWorkers: false,
        pollingInterval: { showSetting: false, forceInterval: pollSeconds },
      },
    },
  })
  app.register((scope, _options, done) => {
    if (changeable) {
      scope.addHook('onRequest', async (request, reply) => {
        // Bull Board's page sends what it finds in this cookie along with each change.
        if (request.method === 'GET')
          reply.setCookie('XSRF-TOKEN', request.csrfToken(), { path: prefix, sameSite: 'strict' })
      })
    }
    shareAnswers(scope, `${prefix}/api/`)
    scope.addHook('onSend', async (_request, _reply, payload) =>
      typeof payload === 'string' ? payload.replace(outsideStylesheet, '') : payload,
    )
    scope.register(serverAdapter.registerPlugin(), { prefix })
    done()
  })
}

/** Answers the same question only once in a while, unless something was changed since. */
function shareAnswers(scope: FastifyInstance, addresses: string): void {
  const answers = new Map<string, { atMs: number; payload: string }>()
  scope.addHook('preHandler', async (request, reply) => {
    if (isChange(request)) answers.clear()
    for (const [url, { atMs }] of answers) if (performance.now() - atMs > sharedMs) answers.delete(url)
    const known = answers.get(request.url)
    if (known !== undefined) return reply.type('application/json; charset=utf-8').send(known.payload)
  })
  scope.addHook('onSend', async (request, reply, payload) => {
    const isWorthIt = request.method === 'GET' && request.url.startsWith(addresses) && reply.statusCode === 200
    if (isWorthIt && typeof payload === 'string' && !answers.has(request.url) && answers.size < mostShared) {
      answers.set(request.url, { atMs: performance.now(), payload })
    }
    return payload
  })
}

/** As a page lists it. */
const listedSchema = z.strictObject({ run: z.string(), first: z.int(), count: z.int() })

/** What a batch is about, in place of the records that it holds: these are people's texts, up to megabytes of them. */
function describeBatch(data: unknown): Record<string, unknown> {
  const listed = listedSchema.safeParse(data)
  if (listed.success) return listed.data
  const parsed = batchSchema.safeParse(data)
  if (!parsed.success) return { unreadable: 'not a batch of this version' }
  const { records, failures, ...about } = parsed.data
  const failuresByCode: Record<string, number> = {}
  for (const { stage, code } of failures) {
    const kind = `${stage}: ${code}`
    failuresByCode[kind] = (failuresByCode[kind] ?? 0) + 1
  }
  return { ...about, records: records.length, failures: failuresByCode }
}
