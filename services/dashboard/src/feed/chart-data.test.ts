import { stages } from '@idiolect/contracts/stages'
import { expect, test } from 'vitest'

import { chartData } from './chart-data.ts'
import type { Workforce } from './run-view.ts'

const nothing = Object.fromEntries(stages.map((stage) => [stage, []])) as unknown as Workforce['history']

function slot(atMs: number, records: number) {
  const counts = { batches: 1, records, failed: 0, busyMs: 5_000, retries: 0, promptTokens: 100, completionTokens: 10 }
  return { atMs, ...counts, runBuckets: [], waitBuckets: [] }
}

test('the curves begin with the first work, stand at nought where nothing was done, and end before the slot that still fills', () => {
  const history = { ...nothing, embed: [slot(10_000, 20), slot(30_000, 40), slot(40_000, 1)], rank: [slot(30_000, 10)] }
  const data = chartData({ workers: [], history }, 45_000)
  expect(data.seconds).toEqual([10, 20, 30])
  expect(data.records).toMatchObject({ embed: [2, 0, 4], rank: [0, 0, 1], collect: [0, 0, 0] })
  expect(data.busy.embed).toEqual([0.5, 0, 0.5])
  expect(data.tokens).toEqual({ read: [10, 0, 20], written: [1, 0, 2] })
})

test('there is nothing to draw where nothing was done, and never more than an hour', () => {
  expect(chartData({ workers: [], history: nothing }, 45_000).seconds).toEqual([])
  const history = { ...nothing, embed: [slot(0, 1)] }
  expect(chartData({ workers: [], history }, 10_000_000).seconds).toHaveLength(361)
})
