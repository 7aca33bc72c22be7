import type { FailedRecord } from './failed-record.ts'

export type FailureGroup = {
  stage: string
  code: string
  message: string
  count: number
  /** Ids of the first ones, at most 5. */
  examples: string[]
}

export type FailureGroups = {
  /** Largest first. */
  groups: FailureGroup[]
  /** Failures that are in none of the groups, since there are too many groups. */
  others: number
  total: number
}

const mostGroups = 1_000
const mostExamples = 5

export function startGroups() {
  const byKey = new Map<string, FailureGroup>()
  let [total, others] = [0, 0]

  function add({ stage, code, message, count, examples }: FailureGroup): void {
    total += count
    const key = JSON.stringify([stage, code, message])
    const group = byKey.get(key)
    if (group !== undefined) {
      group.count += count
      group.examples.push(...examples.slice(0, mostExamples - group.examples.length))
    } else if (byKey.size < mostGroups) {
      byKey.set(key, { stage, code, message, count, examples: [...examples] })
    } else others += count
  }

  return {
    addAll(of: FailureGroups): void {
      for (const group of of.groups) add(group)
      total += of.others
      others += of.others
    },
    addFailure: ({ id, stage, code, message }: FailedRecord) => add({ stage, code, message, count: 1, examples: [id] }),
    result(): FailureGroups {
      return { groups: [...byKey.values()].sort((a, b) => b.count - a.count), others, total }
    },
  }
}
