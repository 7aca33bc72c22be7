import { cutText } from '@idiolect/text/cut-text'

const instruction = 'Predict whether two passages are from the same author'

/** METHOD "Author distinction": the instruction and both passages, each cut to `maxChars`, in the form of the generator's prompt. */
export function distinctionPrompt(passages: readonly [string, string], maxChars: number): string {
  const parts = passages.map((text, index) => `passage ${index + 1}:\n${cutText(text, maxChars)}`)
  return [instruction, ...parts].join('\n\n')
}
