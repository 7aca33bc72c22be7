import { expect, test } from 'vitest'

import { type BatchOutcome, batchMeter } from './batch-meter.ts'
import type { StageResult } from './stage-definition.ts'
import { workerHealth } from './worker-health.ts'

const silenceMs = 60_000
const done: BatchOutcome = {
  state: 'done',
  records: 4,
  failures: ['prompt_too_long'],
  usage: { promptTokens: 70, completionTokens: 5 },
}

/** A meter on a clock that stands still until it is moved, and batches that end when told. */
function metered() {
  let now = 1_000
  const meter = batchMeter(() => now)
  return {
    meter,
    pass: (ms: number) => {
      now += ms
    },
    health: () => workerHealth(meter, silenceMs),
    begin(waitMs: number | null = null) {
      let end: (outcome: BatchOutcome | Error) => void = () => undefined
      const work = () =>
        new Promise<BatchOutcome>((resolve, reject) => {
          end = (outcome) => (outcome instanceof Error ? reject(outcome) : resolve(outcome))
        })
      const measured = meter.measure(waitMs, { work, thrown: () => ({ state: 'retried' }) }).catch(() => undefined)
      return (outcome: BatchOutcome | Error) => {
        end(outcome)
        return measured
      }
    },
  }
}

test('time with batches in work counts once, however many there are', async () => {
  const { meter, pass, begin } = metered()
  const endFirst = begin(20)
  pass(1_000)
  const endSecond = begin()
  pass(1_000)
  expect(meter.state().active).toBe(2)
  expect(meter.totals().busyMs).toBe(2_000)
  await endFirst(done)
  pass(1_000)
  await endSecond(done)
  pass(9_000)
  const { busyMs, batches, records, failed, promptTokens, runBuckets, waitBuckets } = meter.totals()
  expect({ busyMs, batches, records, failed, promptTokens }).toEqual({
    busyMs: 3_000,
    batches: 2,
    records: 8,
    failed: 2,
    promptTokens: 140,
  })
  const counted = (buckets: number[]) => buckets.reduce((sum, count) => sum + count, 0)
  expect([counted(runBuckets), counted(waitBuckets)]).toEqual([2, 1])
})

test('a batch that throws, is dropped or waits for its run is not one that was done', async () => {
  const { meter, begin } = metered()
  const states: string[] = []
  const end = meter.onBatch(({ state }) => states.push(state))
  await begin(5)(new Error('no'))
  await begin(5)({ state: 'dropped' })
  await begin(5)({ state: 'paused' })
  expect(meter.totals()).toMatchObject({ batches: 0, records: 0, retries: 1 })
  end()
  await begin(5)(done)
  expect(states).toEqual(['retried', 'dropped', 'paused'])
})

test('a worker lives as long as Redis answers it, batches end, or a stage is within its limit', async () => {
  const { meter, pass, health, begin } = metered()
  expect(health()).toMatchObject({ alive: true, secondsSinceFetch: null })
  pass(silenceMs + 1)
  expect(health()).toMatchObject({ alive: false, batchesInWork: 0 })
  meter.fetched()
  expect(health().alive).toBe(true)

  const end = begin()
  let comeBack: () => void = () => undefined
  const stage = meter.timed({
    stage: 'rank',
    input: undefined as never,
    process: () => new Promise<StageResult<unknown>>((resolve) => (comeBack = () => resolve({ outcomes: [] }))),
  })
  const called = stage.process([{}], {} as never)
  pass(5 * silenceMs)
  expect(health()).toMatchObject({ alive: true, batchesInWork: 1 })
  // The call should have been given up by now, a minute for its record and five beside.
  pass(2 * silenceMs)
  expect(health()).toMatchObject({
    alive: false,
    problem: expect.stringContaining('within its limit on the 1 in work'),
  })
  comeBack()
  await called
  await end(done)
  expect(health()).toMatchObject({ alive: true, secondsSinceBatch: 0 })
})
