import type { Config } from '@idiolect/contracts/config'
import { runConfigs } from '@idiolect/contracts/methods'
import { parseModelReference } from '@idiolect/models/model-reference'
import { checkModel } from '@idiolect/models/open-models'
import { modelOptions } from '@idiolect/models/service-models'

/**
 * Finds out before anything starts whether the models of a configuration can be had.
 * `here`: the workers run on this machine; elsewhere only the names are checked.
 * @throws IdiolectError `config_invalid`, `model_missing`
 */
export async function checkModels(
  config: Config,
  { env, here }: { env: NodeJS.ProcessEnv; here: boolean },
): Promise<void> {
  const { embed, summarize, synthesize } = config
  const named = [summarize, synthesize].flatMap(({ kind, model }) =>
    kind === 'model' && model !== null ? [model] : [],
  )
  const generators = config.task === 'dataset' ? [] : runConfigs(config).map(({ generate }) => generate.model)
  const options = modelOptions(env)
  for (const reference of new Set([...generators, ...named, embed.model])) {
    parseModelReference(reference)
    if (here) await checkModel(reference, { ...options, ...(reference === embed.model ? { dtype: embed.dtype } : {}) })
  }
}
