import type { ModelIdentity } from '@idiolect/contracts/batch'
import type { Config } from '@idiolect/contracts/config'
import { configFor } from '@idiolect/contracts/methods'
import type { Outcome } from '@idiolect/contracts/outcome'
import type { GeneratedTarget, SynthesizedTarget } from '@idiolect/contracts/records'
import type { TextGenerator } from '@idiolect/models/text-generator'

import { generateTargets } from './generate.ts'

export type ModelDependencies = {
  config: Config
  /** The generator of this name; null for `none`. */
  open: (reference: string) => Promise<TextGenerator | null>
  signal: AbortSignal
}

/**
 * Generates with the model of each target's method; a comparison may have several. The dataset task ends with the prompt,
 * since d_t itself is the completion.
 * @returns an outcome a target, in order, and the models that were asked
 */
export async function generateByModel(
  targets: readonly SynthesizedTarget[],
  { config, open, signal }: ModelDependencies,
): Promise<{ outcomes: Outcome<GeneratedTarget>[]; used: ModelIdentity[] }> {
  const modelOf = ({ method }: SynthesizedTarget) =>
    config.task === 'dataset' ? 'none' : configFor(config, method).generate.model
  const outcomes = new Array<Outcome<GeneratedTarget>>(targets.length)
  const used: ModelIdentity[] = []
  for (const reference of new Set(targets.map(modelOf))) {
    const places = [...targets.keys()].filter((place) => modelOf(targets[place]!) === reference)
    const generator = await open(reference)
    const made = await generateTargets(
      places.map((place) => targets[place]!),
      { config, generator, signal },
    )
    for (const [index, place] of places.entries()) outcomes[place] = made[index]!
    if (generator !== null) used.push(generator.model)
  }
  return { outcomes, used }
}
