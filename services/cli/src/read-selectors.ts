import type { Config } from '@idiolect/contracts/config'
import { IdiolectError } from '@idiolect/contracts/errors'
import { readSelector, type Selector } from '@idiolect/selectors/selector'

export type Selectors = { summarize?: Selector; synthesize?: Selector }

const kinds = { summarize: 'summarizer', synthesize: 'synthesizer' } as const

/**
 * The trained selectors that `summarize.model` and `synthesize.model` name where no language model is asked.
 * @throws IdiolectError `config_invalid`, `model_missing`, `model_unsupported`
 */
export async function readSelectors(config: Config): Promise<Selectors> {
  const selectors: Selectors = {}
  for (const stage of ['summarize', 'synthesize'] as const) {
    const { kind, model } = config[stage]
    if (kind !== 'extractive' || model === null) continue
    const [, path] = /^path:(.+)$/.exec(model) ?? []
    if (path === undefined) {
      throw new IdiolectError(
        'config_invalid',
        `Configuration: ${stage}.model: "${model}" is no path:FILE of a trained selector; for a language model set ${stage}.kind=model`,
      )
    }
    const selector = await readSelector(path)
    if (selector.kind !== kinds[stage]) {
      throw new IdiolectError(
        'config_invalid',
        `Configuration: ${stage}.model: ${path} is a ${selector.kind}, not a ${kinds[stage]}`,
      )
    }
    selectors[stage] = selector
  }
  return selectors
}

export function digestsOf(selectors: Selectors): Record<string, string> {
  return Object.fromEntries(Object.entries(selectors).map(([stage, { model }]) => [stage, model.digest]))
}
