import { words } from '@idiolect/text/words'

import type { RetrievedRow } from './output-rows.ts'

/** Words in a row that no two texts share by chance. */
const runWords = 8

/** Of the target only every fourth run is looked for: eleven words of it in a row are always found. */
const step = 4

/**
 * Whether the prompt holds a run of words of d_t beyond x_t that stands neither in x_t nor in what the row says that it was made of:
 * clean entries are worth nothing where the prompt has more than them.
 * @param target the words of d_t
 */
export function promptHoldsTarget(row: RetrievedRow, target: readonly string[]): boolean {
  const beyond = target.slice(words(row.context).length)
  const held = sharedRuns(beyond, words(row.prompt))
  if (held.length === 0) return false
  const allowed = words(allowedText(row))
  return held.some((run) => sharedRuns(run, allowed).length === 0)
}

/** Entries stand one after the other in a prompt, so a run may go over from one to the next. */
function allowedText({ context, entries, ...row }: RetrievedRow): string {
  const summary = 'summary' in row ? [row.summary] : []
  // A word that runs do not go over.
  return [context, ...summary, entries.map(({ text }) => text).join('\n')].join('\n\u4e00\n')
}

/** The different runs at every `step` of `a` that stand anywhere in `b`. */
function sharedRuns(a: readonly string[], b: readonly string[]): string[][] {
  const byFirstWord = new Map<string, string[][]>()
  const seen = new Set<string>()
  for (let start = 0; start + runWords <= a.length; start += step) {
    const run = a.slice(start, start + runWords)
    const key = run.join(' ')
    if (seen.has(key)) continue
    seen.add(key)
    const known = byFirstWord.get(run[0]!)
    if (known === undefined) byFirstWord.set(run[0]!, [run])
    else known.push(run)
  }
  const shared = new Set<string[]>()
  for (let at = 0; at + runWords <= b.length; at += 1) {
    for (const run of byFirstWord.get(b[at]!) ?? []) {
      if (run.every((word, index) => word === b[at + index])) shared.add(run)
    }
  }
  return [...shared]
}
