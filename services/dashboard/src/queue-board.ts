import { createBullBoard } from '@bull-board/api'
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter'
import { FastifyAdapter } from '@bull-board/fastify'
import { batchSchema } from '@idiolect/contracts/batch'
import { stages } from '@idiolect/contracts/stages'
import type { Queues } from '@idiolect/runtime/queues'
import type { FastifyInstance } from 'fastify'

const pollSeconds = 15

// Bull Board's page asks for web fonts; without them it takes the system's.
const outsideStylesheet = /<link href="https:[^>]*>/g

/** Bull Board over the stages' queues: to look at, not to change, and without what people wrote. */
export function registerQueueBoard(app: FastifyInstance, queues: Queues, prefix: string): void {
  const serverAdapter = new FastifyAdapter().setBasePath(prefix)
  createBullBoard({
    queues: stages.map((stage) => {
      const adapter = new BullMQAdapter(queues.queue(stage), { readOnlyMode: true })
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
    scope.addHook('onSend', async (_request, _reply, payload) =>
      typeof payload === 'string' ? payload.replace(outsideStylesheet, '') : payload,
    )
    scope.register(serverAdapter.registerPlugin(), { prefix })
    done()
  })
}

/** What a batch is about, in place of the records that it holds: these are people's texts, up to megabytes of them. */
function describeBatch(data: unknown): Record<string, unknown> {
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
