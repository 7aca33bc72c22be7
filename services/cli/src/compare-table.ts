import type { AuthorshipScores, Comparison } from '@idiolect/comparison/comparison'
import { authorshipTexts, scoreTable } from '@idiolect/comparison/score-table'

import { plainTable } from './table.ts'

/** A comparison for people, in plain characters. */
export function comparisonText(comparison: Comparison): string {
  const { baseline, targets, authors, absent, authorship, methods } = comparison
  const lines = [
    'The continuation alone',
    partTable(comparison, 'continuation'),
    'The whole text, as in the paper',
    partTable(comparison, 'whole'),
    `${targets} targets of ${authors} authors`,
    `* differs from ${baseline} on the same targets, paired t-test, p < 0.01`,
  ]
  if (authorship !== null) {
    lines.push(
      `author AUC: how often a text is nearer to its author's past than to that of ${authorship.negatives} others; 0.5 by chance`,
      ...limit('the true continuations', authorship.truth),
      ...limit("another author's true continuation", authorship.stranger),
    )
  }
  const missing = methods.filter((each) => each.missing > 0).map((each) => `${each.method} ${each.missing}`)
  if (missing.length > 0) lines.push(`without a text, and left out of the tests: ${missing.join(', ')}`)
  if (absent.length > 0) lines.push(`without any text: ${absent.join(', ')}`)
  return lines.join('\n')
}

function partTable(comparison: Comparison, part: 'whole' | 'continuation'): string {
  const { columns, rows } = scoreTable(comparison, part)
  const head = ['', ...columns]
  const body = rows.map(({ method, cells }) => [
    method === comparison.baseline ? `${method} (baseline)` : method,
    // The star has a place of its own, so that the points stand in a line.
    ...cells.map(({ text, significant }) => `${text}${significant ? '*' : ' '}`),
  ])
  return plainTable(head, body, ['left', ...columns.map(() => 'right' as const)])
}

function limit(who: string, scores: AuthorshipScores | null): string[] {
  if (scores === null) return []
  const { auc, score } = authorshipTexts(scores)
  return [`  ${who}: AUC ${auc}, score ${score}`]
}
