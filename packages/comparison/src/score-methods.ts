import { IdiolectError } from '@idiolect/contracts/errors'
import type { Method } from '@idiolect/contracts/method-names'
import { countBleu } from '@idiolect/metrics/bleu'
import { type Evaluation, type EvaluationRow, evaluateRows, type RowScores } from '@idiolect/metrics/evaluate'

import { bleuSample, type Interval } from './bootstrap.ts'
import type { ComparedRow } from './compared-row.ts'
import { continuation } from './continuation.ts'
import { splitRows } from './split-rows.ts'

/** A method's figures and, for the tests against others, its scores a target: some 400 bytes each, never the texts. */
export type MethodScores = {
  evaluation: Evaluation
  bleuIntervals: { whole: Interval | null; continuation: Interval | null }
  /** In the order in which the run first came to a target, undefined where the method has no scored row. */
  scores: (RowScores | undefined)[]
}

export type ScoredMethods = {
  /** The target ids in the order of `scores`. */
  targetIds: string[]
  authors: number
  methods: Map<Method, MethodScores>
}

/**
 * Scores every method over one pass of the rows.
 * @throws IdiolectError `input_unusable` when a method has two rows for a target, or none with a true text
 */
export async function scoreMethods(rows: AsyncIterable<ComparedRow>): Promise<ScoredMethods> {
  const places = new Map<string, number>()
  const authors = new Set<string>()
  const seen = new Map<Method, boolean[]>()

  async function* each(): AsyncGenerator<ComparedRow> {
    for await (const row of rows) {
      const place = places.get(row.targetId) ?? places.size
      places.set(row.targetId, place)
      authors.add(row.userId)
      const ofMethod = seen.get(row.method) ?? []
      seen.set(row.method, ofMethod)
      if (ofMethod[place]) throw new IdiolectError('input_unusable', `There are two rows with the id "${row.id}"`)
      ofMethod[place] = true
      yield row
    }
  }

  const methods = await splitRows(each(), {
    keyOf: (row) => row.method,
    read: (_method, own) => scoreMethod(own, (targetId) => places.get(targetId)!),
  })
  return { targetIds: [...places.keys()], authors: authors.size, methods: methods as Map<Method, MethodScores> }
}

async function scoreMethod(
  rows: AsyncIterable<ComparedRow>,
  placeOf: (targetId: string) => number,
): Promise<MethodScores> {
  const scores: MethodScores['scores'] = []
  const whole = bleuSample()
  const continued = bleuSample()
  const evaluation = await evaluateRows(byTarget(rows), {
    onScored({ id, output, reference, context }, rowScores) {
      scores[placeOf(id)] = rowScores
      whole.add(countBleu(output, reference))
      if (rowScores.continuation === null || context === undefined) return
      continued.add(countBleu(continuation(output, context), continuation(reference, context)))
    },
  })
  const bleuIntervals = { whole: whole.interval(), continuation: continued.interval() }
  return { evaluation, bleuIntervals, scores }
}

async function* byTarget(rows: AsyncIterable<ComparedRow>): AsyncGenerator<EvaluationRow> {
  for await (const { targetId, output, reference, context } of rows) yield { id: targetId, output, reference, context }
}
