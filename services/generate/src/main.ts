import { synthesizedTargetSchema } from '@idiolect/contracts/records'
import { batchesInWork, modelOptions, serviceModels } from '@idiolect/models/service-models'
import { runService } from '@idiolect/runtime/run-service'
import { usageOf } from './generate.ts'
import { generateByModel } from './generate-by-model.ts'

const models = serviceModels(modelOptions(process.env))

await runService(process, () => ({
  definition: {
    stage: 'generate',
    input: synthesizedTargetSchema,
    process: async (targets, { run: { config }, signal, widen }) => {
      const open = (reference: string) => {
        widen(batchesInWork(reference))
        return models.generator(reference, config.generate.api)
      }
      const { outcomes, used } = await generateByModel(targets, { config, open, signal })
      return { outcomes, usage: usageOf(outcomes), models: used }
    },
  },
  concurrency: 2,
  dispose: models.close,
}))
