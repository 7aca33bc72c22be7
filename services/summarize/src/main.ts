import { asksModel } from '@idiolect/contracts/needs'
import { rankedTargetSchema } from '@idiolect/contracts/records'
import { modelOptions, serviceModels } from '@idiolect/models/service-models'
import { runService } from '@idiolect/runtime/run-service'
import { selectorOf } from '@idiolect/selectors/selector'

import { summarizeTargets } from './summarize.ts'

const models = serviceModels(modelOptions(process.env))

await runService(process, () => ({
  definition: {
    stage: 'summarize',
    input: rankedTargetSchema,
    process: async (targets, { run: { config }, signal, widen, selectors }) => {
      const generator = asksModel(config, 'summarize')
        ? await models.stageGenerator(config.summarize, config.generate, widen)
        : null
      const selector = selectorOf((await selectors()).summarize)
      const outcomes = await summarizeTargets(targets, { config, generator, selector, signal })
      const model = generator?.model ?? selector?.model
      return { outcomes, models: model === undefined ? [] : [model] }
    },
  },
  concurrency: 2,
  dispose: models.close,
}))
