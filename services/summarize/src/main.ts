import { rankedTargetSchema } from '@idiolect/contracts/records'
import { modelOptions, serviceModels } from '@idiolect/models/service-models'
import { runService } from '@idiolect/runtime/run-service'

import { summarizeTargets } from './summarize.ts'

const models = serviceModels(modelOptions(process.env))

await runService(process, () => ({
  definition: {
    stage: 'summarize',
    input: rankedTargetSchema,
    process: async (targets, { run: { config }, signal, widen }) => {
      const generator = await models.stageGenerator(config.summarize, config.generate, widen)
      const outcomes = await summarizeTargets(targets, { config, generator, signal })
      return generator === null ? { outcomes } : { outcomes, model: generator.model }
    },
  },
  concurrency: 2,
  dispose: models.close,
}))
