import { authorSchema } from '@idiolect/contracts/records'
import { batchesInWork, modelOptions, serviceModels } from '@idiolect/models/service-models'
import { runService } from '@idiolect/runtime/run-service'

import { embedAuthors } from './embed.ts'

const models = serviceModels(modelOptions(process.env))

await runService(process, () => ({
  definition: {
    stage: 'embed',
    input: authorSchema,
    process: (authors, { run: { config }, signal, widen }) => {
      widen(batchesInWork(config.embed.model))
      const embedder = () => models.embedder(config.embed.model, config.embed.dtype)
      return embedAuthors(authors, { config, embedder, signal })
    },
  },
  concurrency: 2,
  dispose: models.close,
}))
