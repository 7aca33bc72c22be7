import type { Config } from '@idiolect/contracts/config'
import type { SynthesizedTarget } from '@idiolect/contracts/records'

const instruction = 'Finish the passage in the user voice'

/** METHOD "Generate": the instruction, then the parts in the paper's order under its names; empty parts are left out. */
export function generationPrompt(
  target: Pick<SynthesizedTarget, 'context' | 'summary' | 'keyElements' | 'entries'>,
  config: Pick<Config, 'rank'>,
): string {
  const parts = [
    ['passage start', target.context],
    ['summary', target.summary],
    ['important words', target.keyElements.join(', ')],
    ['past passages', target.entries.map(({ text }) => text).join(config.rank.separator)],
  ] as const
  const named = parts.filter(([, text]) => text !== '').map(([name, text]) => `${name}: ${text}`)
  return [instruction, ...named].join('\n\n')
}
