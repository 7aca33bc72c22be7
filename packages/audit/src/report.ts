/** What must never happen, numbered as METHOD numbers it. */
export type CheckNumber = 1 | 2 | 3 | 4

export interface Violation {
  /** Of the row; what a target has in several sets goes by one id. */
  id: string
  /** `generations`, or the set and its split: `summary/train`. */
  set: string
  /** Never quotes what a person wrote. */
  reason: string
}

export interface AuditCheck {
  check: CheckNumber
  name: string
  /** What is looked for, and so holds where there are no violations. */
  meaning: string
  /** How many of the things that `meaning` speaks of were looked at: entries, rows, pairs, parts of labels. */
  checked: number
  violations: number
  /** The first 20 by id, set and reason. */
  examples: Violation[]
}

export interface AuditReport {
  ok: boolean
  rows: number
  checks: AuditCheck[]
}

/** What one check says of one row. */
export interface Verdict {
  checked: number
  reasons: string[]
}

const maxExamples = 20

const checks: Record<CheckNumber, { name: string; meaning: string }> = {
  1: {
    name: 'd_t, or anything written at or after t, in D_t',
    meaning:
      "Every entry is text of a document of the same user that is strictly earlier than the target and not the target, the context is the target's start, and the prompt holds no run of words of the target that stands neither there nor in the entries.",
  },
  2: {
    name: 'a validation or test user in training data',
    meaning:
      'Every row stands in the split of its user, Su and Sy learn from their half of the training users alone, and author distinction pairs training users under a true label.',
  },
  3: {
    name: 'a near-copy of d_t in its own entries',
    meaning:
      'Of no pair of a target and an entry do the whole documents share nine tenths or more of their three-word shingles.',
  },
  4: {
    name: 'a weak label with a word or snippet from outside the entries',
    meaning:
      'Every snippet and word of a label stands in the entries and is used once, and label text is in no prompt that was not asked to hold it.',
  },
}

export interface Findings {
  add(check: CheckNumber, verdict: Verdict, row: Pick<Violation, 'id' | 'set'>): void
  report(rows: number): AuditReport
}

/** Gathers verdicts in bounded memory; the report does not depend on their order. */
export function createFindings(): Findings {
  const numbers: CheckNumber[] = [1, 2, 3, 4]
  const totals = numbers.map((check) => ({ check, checked: 0, violations: 0, examples: [] as Violation[] }))
  return {
    add(check, { checked, reasons }, { id, set }) {
      const total = totals[check - 1]!
      total.checked += checked
      total.violations += reasons.length
      for (const reason of reasons) total.examples.push({ id, set, reason })
      if (total.examples.length > 2 * maxExamples) total.examples = firstOf(total.examples)
    },
    report: (rows) => ({
      ok: totals.every(({ violations }) => violations === 0),
      rows,
      checks: totals.map(({ check, checked, violations, examples }) => {
        return { check, ...checks[check], checked, violations, examples: firstOf(examples) }
      }),
    }),
  }
}

function firstOf(examples: Violation[]): Violation[] {
  const order = (a: Violation, b: Violation) =>
    compare(a.id, b.id) || compare(a.set, b.set) || compare(a.reason, b.reason)
  return [...examples].sort(order).slice(0, maxExamples)
}

function compare(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
