import { methods } from '@idiolect/contracts/method-names'
import { drawFor } from '@idiolect/contracts/split'

import type { ComparedRow } from './compared-row.ts'

/** A target whose texts are shown: the rows of its methods, in the paper's order. */
export type ShownTarget = { targetId: string; rows: ComparedRow[] }

export type ShownTargets = { add(row: ComparedRow): void; targets(): ShownTarget[] }

/**
 * A seeded sample of at most `count` targets, in the order of the run. Holds the rows of so many targets at a time: one that is
 * pushed out by a lower draw does not come back, since the highest draw kept only sinks.
 */
export function shownTargets({ count, seed }: { count: number; seed: number }): ShownTargets {
  const kept = new Map<string, { draw: number; rows: ComparedRow[] }>()

  return {
    add(row) {
      const known = kept.get(row.targetId)
      if (known !== undefined) {
        known.rows.push(row)
        return
      }
      kept.set(row.targetId, { draw: drawFor([seed, 'shown', row.targetId]), rows: [row] })
      if (kept.size <= count) return
      const [highest] = [...kept].reduce((a, b) => (b[1].draw > a[1].draw ? b : a))
      kept.delete(highest)
    },
    targets: () =>
      [...kept].map(([targetId, { rows }]) => ({
        targetId,
        rows: rows.sort((a, b) => methods.indexOf(a.method) - methods.indexOf(b.method)),
      })),
  }
}
