/** A stage whose process dies at a record with the id `fatal`, whatever else it is doing. */
import { setTimeout as sleep } from 'node:timers/promises'

import { redisAddress } from '@idiolect/runtime/redis-address'
import { serve } from '@idiolect/runtime/serve'
import { pino } from 'pino'
import { z } from 'zod'

const input = z.looseObject({ ordinal: z.int(), id: z.string() })

await serve({
  address: redisAddress(process.env.REDIS_URL!),
  log: pino({ level: 'silent' }),
  concurrency: 4,
  lockMs: 1000,
  definition: {
    stage: 'rank',
    input,
    process: async (records) => {
      await sleep(20)
      if (records.some(({ id }) => id === 'fatal')) process.kill(process.pid, 'SIGKILL')
      await sleep(20)
      return { outcomes: records.map((record) => ({ ok: true, record })) }
    },
  },
})
