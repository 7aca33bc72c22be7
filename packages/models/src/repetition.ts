/**
 * Keeps a text from circling: every token that it holds becomes less likely, and a run of tokens that it holds is not
 * written a second time. `text` is what the model wrote and the opening, never the prompt, whose names and phrases are there to be used.
 */
export type RepetitionRules = {
  /** Logits of tokens in `text` are divided by it where positive, multiplied where negative; 1 is none. Source: CTRL, arXiv 1909.05858, §4.1. */
  penalty: number
  /** Length in tokens of the shortest run that must not come back; 0 is none. */
  runTokens: number
}

/** Changes `logits` in place. */
export function discourageRepetition(logits: Float32Array, text: readonly number[], rules: RepetitionRules): void {
  if (rules.penalty !== 1) {
    for (const id of new Set(text)) logits[id]! *= logits[id]! > 0 ? 1 / rules.penalty : rules.penalty
  }
  if (rules.runTokens > 0) for (const id of endingARun(text, rules.runTokens)) logits[id] = Number.NEGATIVE_INFINITY
}

/** Tokens that, written now, would end a run of `length` tokens that `text` holds already. */
function endingARun(text: readonly number[], length: number): number[] {
  const begun = length - 1
  const ends: number[] = []
  for (let start = 0; start + begun < text.length; start += 1) {
    let same = 0
    while (same < begun && text[start + same] === text[text.length - begun + same]) same += 1
    if (same === begun) ends.push(text[start + begun]!)
  }
  return ends
}
