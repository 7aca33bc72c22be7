import { pairMetrics } from '@idiolect/metrics/score-pair'

import type { Interval } from './bootstrap.ts'
import type { Comparison, MethodComparison } from './comparison.ts'

const columns = [
  'method',
  'part',
  'texts',
  'missing',
  'bleu',
  'bleu_low',
  'bleu_high',
  ...pairMetrics.flatMap((metric) => [metric, `${metric}_low`, `${metric}_high`, `${metric}_p`]),
  'lengthRatio',
  'authorshipTexts',
  'authorshipScore',
  'authorshipAuc',
  'authorshipAuc_low',
  'authorshipAuc_high',
  'authorshipAuc_p',
]

/**
 * A row a method and part (`whole`, `continuation`), in the units of `comparison.json`; `_low` and `_high` are a 95 %
 * interval, `_p` is the paired t-test against the baseline. What has no value is empty; the authorship score is of the continuation.
 */
export function comparisonCsv({ methods }: Comparison): string {
  const rows = methods.flatMap((method) => [partRow(method, 'whole'), partRow(method, 'continuation')])
  return [columns, ...rows.filter((row) => row !== null)].map((row) => `${row.map(csvField).join(',')}\n`).join('')
}

type Field = string | number | null | undefined

function partRow(method: MethodComparison, part: 'whole' | 'continuation'): Field[] | null {
  const scores = method[part]
  if (scores === null) return null
  const authorship = part === 'continuation' ? method.authorship : null
  return [
    method.method,
    part,
    scores.count,
    method.missing,
    scores.bleu,
    ...bounds(scores.intervals.bleu),
    ...pairMetrics.flatMap((metric) => [scores[metric], ...bounds(scores.intervals[metric]), scores.tests?.[metric].p]),
    scores.lengthRatio,
    authorship?.count,
    authorship?.score,
    authorship?.auc,
    ...bounds(authorship?.interval),
    authorship?.test?.p,
  ]
}

function bounds(interval: Interval | null | undefined): Field[] {
  return [interval?.low, interval?.high]
}

/** RFC 4180. */
export function csvField(value: Field): string {
  const text = String(value ?? '')
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
