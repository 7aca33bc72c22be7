import type { Config } from '@idiolect/contracts/config'
import type { SynthesizedTarget } from '@idiolect/contracts/records'

const instruction = 'Finish the passage in the user voice'

/** First words of the names of the parts below. */
export const partNames = ['passage', 'user', 'summary', 'important', 'past']

/**
 * METHOD "Generate": the instruction, then the parts in the paper's order under its names; empty parts are left out.
 * With `prompt.wholeWords` the passage start ends with its last whole word (docs/decisions/0004); what the answer is held to is
 * x_t unchanged.
 */
export function generationPrompt(
  target: Pick<SynthesizedTarget, 'userId' | 'context' | 'summary' | 'keyElements' | 'entries'>,
  { prompt, rank }: Pick<Config, 'prompt' | 'rank'>,
): string {
  const start = ['passage start', prompt.wholeWords ? wholeWords(target.context) : target.context] as const
  const others = [
    ['user', prompt.user ? target.userId : ''],
    ['summary', target.summary],
    ['important words', target.keyElements.join(', ')],
    ['past passages', prompt.entries ? target.entries.map(({ text }) => text).join(rank.separator) : ''],
  ] as const
  const parts = prompt.start === 'none' ? others : prompt.start === 'last' ? [...others, start] : [start, ...others]
  const named = parts.filter(([, text]) => text !== '').map(([name, text]) => `${name}:\n${text}`)
  return [instruction, ...named].join('\n\n')
}

/** Without a last word that may have been cut off: one that ends the text, and that a space precedes. */
function wholeWords(start: string): string {
  return start.replace(/\s+\S*[\p{L}\p{N}\p{M}]$/u, '')
}
