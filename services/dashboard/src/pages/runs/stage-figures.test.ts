import { type Stage, stages } from '@idiolect/contracts/stages'
import { bucketBoundsSeconds } from '@idiolect/runtime/observe-workers'
import { expect, test } from 'vitest'

import type { RunView, Workforce } from '../../feed/run-view.ts'
import { stageFigures } from './stage-figures.ts'

type Load = { records?: number; backlogRecords?: number; backlogSeconds?: number | null }

function runWith(loads: Partial<Record<Stage, Load>>, fields: Partial<RunView> = {}): RunView {
  const stage = (name: Stage) => ({
    stage: name,
    records: 10,
    batchesWaiting: 0,
    batchesActive: 0,
    backlogRecords: 0,
    batches: 1,
    busyMs: 1,
    backlogSeconds: 0,
    recordsPerSecond: null,
    ...loads[name],
  })
  const run = { id: 'run', status: 'running', paused: false, targets: 100, ...fields }
  return { ...run, stages: stages.map(stage) } as RunView
}

function workforceOf(...staff: Stage[]): Workforce {
  const workers = staff.map((stage, index) => ({ stage, host: `host-${index % 2}`, busyShare: index === 0 ? 1 : 0.5 }))
  const history = Object.fromEntries(stages.map((stage) => [stage, []]))
  return { workers, history } as unknown as Workforce
}

const statesOf = (run: RunView, workforce: Workforce) =>
  Object.fromEntries(stageFigures(run, workforce).map(({ stage, state }) => [stage, state]))

test('a stage with backlog and no living worker is named as such, and none without backlog', () => {
  const run = runWith({ generate: { backlogRecords: 5, backlogSeconds: 60 } })
  expect(statesOf(run, workforceOf('embed'))).toMatchObject({ generate: 'unmanned', collect: 'waiting' })
})

test('the stage whose workers need longest for its backlog holds the run up', () => {
  const run = runWith({
    rank: { backlogRecords: 9, backlogSeconds: 30 },
    generate: { backlogRecords: 9, backlogSeconds: 40 },
  })
  expect(statesOf(run, workforceOf('rank', 'generate'))).toMatchObject({ rank: 'working', generate: 'holding' })
  // Two workers are through with 40 seconds of work in 20.
  const states = statesOf(run, workforceOf('rank', 'generate', 'generate'))
  expect(states).toMatchObject({ rank: 'holding', generate: 'working' })
})

test('no stage is blamed while one has work of unknown length, while the run is paused, or when it has ended', () => {
  const loads = {
    rank: { backlogRecords: 9, backlogSeconds: 30 },
    generate: { backlogRecords: 9, backlogSeconds: null },
  }
  expect(Object.values(statesOf(runWith(loads), workforceOf(...stages)))).not.toContain('holding')
  const busy = { rank: { backlogRecords: 9, backlogSeconds: 30 } }
  expect(new Set(Object.values(statesOf(runWith(busy, { paused: true }), workforceOf())))).toEqual(new Set(['waiting']))
  const cancelled = statesOf(runWith(busy, { status: 'cancelled' }), workforceOf())
  expect(new Set(Object.values(cancelled))).toEqual(new Set(['ended']))
})

test('workers are counted by host, and how busy they are is their mean', () => {
  const [embed] = stageFigures(runWith({}), workforceOf('embed', 'embed', 'embed'))
  expect(embed).toMatchObject({
    workers: 3,
    busyShare: 2 / 3,
    hosts: [
      { host: 'host-0', workers: 2 },
      { host: 'host-1', workers: 1 },
    ],
  })
})

test('batch times are of the last ten minutes, retries of the hour', () => {
  const workforce = workforceOf('embed')
  const bucket = (place: number) => [...bucketBoundsSeconds, 0].map((_, index) => (index === place ? 10 : 0))
  const slot = (atMs: number, place: number) => ({ atMs, retries: 1, runBuckets: bucket(place) })
  const history = { ...workforce.history, embed: [slot(0, 10), slot(3_000_000, 6)] }
  const [embed] = stageFigures(runWith({}), { ...workforce, history } as unknown as Workforce)
  expect(embed!.p50Seconds).toBeGreaterThan(bucketBoundsSeconds[5]!)
  expect(embed!.p95Seconds).toBeLessThanOrEqual(bucketBoundsSeconds[6]!)
  expect(embed!.retries).toBe(2)
})
