import { drawFor } from '@idiolect/contracts/split'

import type { SummaryRow, SynthesisRow } from './training-rows.ts'

const vocabulary = ['garden', 'water', 'roses', 'summer', 'tulips', 'spade', 'letter', 'train', 'harbour', 'violin']

/** Words that the label of every target has, so that there is something to learn. */
const saidByAll = ['garden', 'water', 'letter']

type Fields = { userId: string; target: number }

/**
 * A row of three entries of two snippets each. The label has the snippets that are more similar to x_t than 0.5, whatever else is
 * known of them; the context-independent summary quotes the last snippet.
 */
export function summaryRow({ userId, target }: Fields): SummaryRow {
  const id = `${userId}/${target}`
  const first = sentence(id, 0)
  const entries = [0, 1, 2].map((entry) => ({
    docId: `d${entry}`,
    score: 1 - entry / 10,
    text: `${sentence(id, entry)} ${sentence(id, entry + 3)}`,
  }))
  const snippets = entries.flatMap(({ text }, entry) => {
    const middle = text.indexOf('. ') + 1
    return [
      [0, middle],
      [middle + 1, text.length],
    ].map(([start, end], part) => ({
      entry,
      start: start!,
      end: end!,
      contextSimilarity: drawFor([id, entry, part]),
      centrality: drawFor([id, entry, part, 'centrality']),
      recency: entry,
    }))
  })
  return {
    id,
    userId,
    context: first.slice(0, 20),
    entries,
    snippets,
    chosen: [...snippets.keys()].filter((index) => snippets[index]!.contextSimilarity > 0.5),
    summary: sentence(id, 5),
    summarySource: 'SumCtxInd',
  }
}

/** The label has the words that everybody says; the context-independent words are the last two of the vocabulary. */
export function synthesisRow({ userId, target }: Fields): SynthesisRow {
  const { id, context, entries } = summaryRow({ userId, target })
  const found = new Set(entries.flatMap(({ text }) => text.toLowerCase().match(/[a-z]+/g) ?? []))
  return {
    id,
    userId,
    context,
    entries,
    chosen: saidByAll.filter((word) => found.has(word)),
    keyElements: vocabulary.slice(-2),
    keyElementsSource: 'SynCtxInd',
  }
}

/** Six words of the vocabulary that follow from the target and the place. */
function sentence(id: string, place: number): string {
  const found = Array.from(
    { length: 6 },
    (_, at) => vocabulary[Math.floor(drawFor([id, place, at]) * vocabulary.length)],
  )
  return `The ${found.join(' ')}.`
}

/** Every word in one of a hundred documents. */
export const rareWords = { documents: 100, df: () => 1 }
