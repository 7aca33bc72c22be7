import { synthesizedTargetSchema } from '@idiolect/contracts/records'
import { batchesInWork, modelOptions, serviceModels } from '@idiolect/models/service-models'
import { runService } from '@idiolect/runtime/run-service'

import { generateTargets, usageOf } from './generate.ts'

const models = serviceModels(modelOptions(process.env))

await runService(process, () => ({
  definition: {
    stage: 'generate',
    input: synthesizedTargetSchema,
    process: async (targets, { run: { config }, signal, widen }) => {
      widen(batchesInWork(config.generate.model))
      const generator = await models.generator(config.generate.model, config.generate.api)
      const outcomes = await generateTargets(targets, { config, generator, signal })
      const usage = usageOf(outcomes)
      return generator === null ? { outcomes } : { outcomes, usage, model: generator.model }
    },
  },
  concurrency: 2,
  dispose: models.close,
}))
