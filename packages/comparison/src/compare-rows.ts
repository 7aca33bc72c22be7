import type { Method } from '@idiolect/contracts/method-names'

import type { AuthorshipScorer } from './authorship.ts'
import { compareMethods } from './compare-methods.ts'
import type { ComparedRow } from './compared-row.ts'
import type { Comparison } from './comparison.ts'
import type { TargetScores } from './report-target.ts'
import { scoreMethods } from './score-methods.ts'
import { type ShownTarget, shownTargets } from './shown-targets.ts'

export type CompareOptions = {
  /** The methods of the run. */
  asked: readonly Method[]
  baseline: Method
  /** Targets whose texts are kept. */
  shown: number
  seed: number
  authorship: AuthorshipScorer | null
}

export type ComparedRows = {
  comparison: Comparison
  shown: ShownTarget[]
  scoresOf: (targetId: string, method: Method) => TargetScores
}

/**
 * A run's rows side by side, in one pass: what is kept of a row is its scores, and the texts of the shown targets.
 * @throws IdiolectError `input_unusable` as `scoreMethods` and `compareMethods`
 */
export async function compareRows(rows: AsyncIterable<ComparedRow>, options: CompareOptions): Promise<ComparedRows> {
  const { asked, baseline, seed } = options
  const sample = shownTargets({ count: options.shown, seed })

  async function* each(): AsyncGenerator<ComparedRow> {
    for await (const row of rows) {
      sample.add(row)
      await options.authorship?.add(row)
      yield row
    }
  }

  const scored = await scoreMethods(each())
  const authorship = (await options.authorship?.end()) ?? null
  const places = new Map(scored.targetIds.map((targetId, place) => [targetId, place]))
  return {
    comparison: compareMethods(scored, { asked, baseline, authorship }),
    shown: sample.targets(),
    scoresOf: (targetId, method) => ({
      rougeL: scored.methods.get(method)?.scores[places.get(targetId)!]?.continuation?.rougeL ?? null,
      auc: authorship?.methods.get(method)?.get(targetId)?.auc ?? null,
    }),
  }
}
