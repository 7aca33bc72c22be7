import { runConfigs } from '@idiolect/contracts/methods'
import { asksModel, needsFrequencies } from '@idiolect/contracts/needs'
import { summarizedTargetSchema } from '@idiolect/contracts/records'
import { modelOptions, serviceModels } from '@idiolect/models/service-models'
import { runService } from '@idiolect/runtime/run-service'
import { selectorOf } from '@idiolect/selectors/selector'
import { type DocumentFrequencies, decodeDocumentFrequencies } from '@idiolect/text/document-frequencies'

import { lexiconOf } from './lexicon.ts'
import { synthesizeTargets } from './synthesize.ts'

const models = serviceModels(modelOptions(process.env))

// Of the run last met: a worker seldom serves two at a time, and a table takes some tens of megabytes.
let latest: { run: string; frequencies: Promise<DocumentFrequencies> } | null = null

async function frequenciesOf(run: string, load: () => Promise<Buffer>): Promise<DocumentFrequencies> {
  if (latest?.run !== run) latest = { run, frequencies: load().then(decodeDocumentFrequencies) }
  return latest.frequencies.catch((error) => {
    latest = null
    throw error
  })
}

await runService(process, () => ({
  definition: {
    stage: 'synthesize',
    input: summarizedTargetSchema,
    process: async (targets, { run, signal, widen, frequencies: load, selectors }) => {
      const { config } = run
      const frequencies = runConfigs(config).some(needsFrequencies) ? await frequenciesOf(run.id, load) : null
      const lexicon = config.task === 'dataset' ? await lexiconOf(config.synthesize.wordVectors, frequencies!) : null
      const generator = asksModel(config, 'synthesize')
        ? await models.stageGenerator(config.synthesize, config.generate, widen)
        : null
      const selector = selectorOf((await selectors()).synthesize)
      const outcomes = await synthesizeTargets(targets, { config, frequencies, generator, selector, lexicon, signal })
      const model = generator?.model ?? selector?.model
      return { outcomes, models: model === undefined ? [] : [model] }
    },
  },
  concurrency: 2,
  dispose: models.close,
}))
