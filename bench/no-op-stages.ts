/** The worker process of `no-op-chain.ts`: five stages that pass records on, and a sixth that counts them. */
import { stages } from '@idiolect/contracts/stages'
import { redisAddress } from '@idiolect/runtime/redis-address'
import { serve } from '@idiolect/runtime/serve'
import { pino } from 'pino'
import { z } from 'zod'

const input = z.object({ ordinal: z.int(), id: z.string(), text: z.string() })

const services = await Promise.all(
  stages.map((stage) =>
    serve({
      address: redisAddress(process.env.REDIS_URL!),
      definition: {
        stage,
        input,
        process: async (records) => ({ outcomes: records.map((record) => ({ ok: true, record })) }),
      },
      concurrency: 8,
      log: pino({ level: 'error' }),
      ...(stage === 'collect' ? { deliver: async () => undefined } : {}),
    }),
  ),
)

process.on('message', async (message) => {
  const { user, system } = process.cpuUsage()
  if (message === 'cpu') process.send!((user + system) / 1e6)
  if (message === 'stop') {
    await Promise.all(services.map((service) => service.close()))
    process.exit(0)
  }
})
process.send!('ready')
