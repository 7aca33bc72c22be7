import { once } from 'node:events'

import { IdiolectError } from '@idiolect/contracts/errors'
import { isStage, stages } from '@idiolect/contracts/stages'
import { Command } from 'commander'

import { startStageProcesses } from '../stage-processes.ts'
import { allowUnsafeRedis, findRedis, type Surroundings, withRisk } from '../surroundings.ts'

export function workerCommand({ signal, ...surroundings }: Surroundings): Command {
  return new Command('worker')
    .argument('<stages...>', `${stages.join(', ')}; a stage named twice runs twice`)
    .option(...allowUnsafeRedis)
    .action(async (names: string[], flags: { allowUnsafeRedis?: boolean }) => {
      const { env } = withRisk(surroundings, flags)
      const workers: Record<string, number> = {}
      for (const name of names) {
        if (!isStage(name))
          throw new IdiolectError('usage', `there is no stage ${name}; the stages are ${stages.join(', ')}`)
        workers[name] = (workers[name] ?? 0) + 1
      }
      const redis = await findRedis({ env }, { forWork: true })
      const processes = startStageProcesses({ redisUrl: redis.url, workers, env })
      try {
        await Promise.race([processes.broken, signal.aborted ? null : once(signal, 'abort')])
      } finally {
        await processes.close()
        await redis.close()
      }
    })
}
