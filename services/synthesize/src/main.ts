import { summarizedTargetSchema } from '@idiolect/contracts/records'
import { modelOptions, serviceModels } from '@idiolect/models/service-models'
import { runService } from '@idiolect/runtime/run-service'
import { type DocumentFrequencies, decodeDocumentFrequencies } from '@idiolect/text/document-frequencies'

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
    process: async (targets, { run, signal, widen, frequencies: load }) => {
      const { synthesize, generate } = run.config
      const counted = synthesize.method !== 'none' && synthesize.kind === 'extractive'
      const frequencies = counted ? await frequenciesOf(run.id, load) : null
      const generator = await models.stageGenerator(synthesize, generate, widen)
      const outcomes = await synthesizeTargets(targets, { config: run.config, frequencies, generator, signal })
      return generator === null ? { outcomes } : { outcomes, model: generator.model }
    },
  },
  concurrency: 2,
  dispose: models.close,
}))
