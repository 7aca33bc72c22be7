import { randomUUID } from 'node:crypto'

import type { Stage } from '@idiolect/contracts/stages'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest'

import { type BatchMeter, batchMeter } from './batch-meter.ts'
import { bucketBoundsSeconds, quantileSeconds, slotMs, workforceObserver } from './observe-workers.ts'
import { openQueues, type Queues } from './queues.ts'
import { redisAddress } from './redis-address.ts'
import { startWorkerReport } from './worker-report.ts'

describe('quantileSeconds', () => {
  const bucketOf = (seconds: number) => {
    const index = bucketBoundsSeconds.findIndex((bound) => seconds <= bound)
    return index === -1 ? bucketBoundsSeconds.length : index
  }

  test('lies in the bucket that holds the value of that rank', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.001, max: 1000, noNaN: true }), { minLength: 1, maxLength: 50 }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        (seconds, q) => {
          const buckets = [...bucketBoundsSeconds, 0].map(() => 0)
          for (const each of seconds) buckets[bucketOf(each)]!++
          const sorted = seconds.toSorted((a, b) => a - b)
          const exact = sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)]!
          const found = quantileSeconds(buckets, q)!
          const index = bucketOf(exact)
          expect(found).toBeLessThanOrEqual(bucketBoundsSeconds[index] ?? bucketBoundsSeconds.at(-1)!)
          expect(found).toBeGreaterThanOrEqual(index === 0 ? 0 : bucketBoundsSeconds[index - 1]!)
        },
      ),
    )
  })

  test('is unknown where nothing was counted', () => {
    expect(quantileSeconds([0, 0, 0], 0.5)).toBeNull()
  })
})

describe('a worker that reports', () => {
  let queues: Queues
  let stops: (() => Promise<void>)[]

  beforeEach(async () => {
    const url = new URL(inject('redisUrl'))
    url.searchParams.set('prefix', `workforce-${randomUUID()}`)
    queues = await openQueues(redisAddress(url.href))
    stops = []
  })
  afterEach(async () => {
    for (const stop of stops) await stop()
    await queues.close()
  })

  const start = async (stage: Stage, meter: BatchMeter = batchMeter()) => {
    const report = await startWorkerReport(queues.workforce, { stage, meter, concurrency: () => 2 })
    stops.push(report.stop)
    return report
  }
  const work = (meter: BatchMeter) =>
    meter.measure(40, {
      work: async () => ({
        state: 'done',
        records: 16,
        failures: ['prompt_too_long'],
        usage: { promptTokens: 700, completionTokens: 30 },
      }),
      thrown: () => ({ state: 'retried' }),
    })

  test('is seen from its start to its close, and what it did stays in the history', async () => {
    const observer = workforceObserver(queues)
    const meter = batchMeter()
    const report = await start('rank', meter)
    await start('embed')
    expect((await observer.observe()).workers).toMatchObject([
      { stage: 'embed', batches: 0, active: 0 },
      { stage: 'rank', batches: 0, concurrency: 2, pid: process.pid },
    ])

    await work(meter)
    await work(meter)
    await report.stop()
    const { workers, history } = await observer.observe()
    expect(workers.map(({ stage }) => stage)).toEqual(['embed'])
    expect(history.embed).toEqual([])
    // Both reports may have fallen into one slot.
    const sum = (figure: 'batches' | 'records' | 'failed' | 'promptTokens') =>
      history.rank.reduce((total, slot) => total + slot[figure], 0)
    expect([sum('batches'), sum('records'), sum('failed'), sum('promptTokens')]).toEqual([2, 32, 2, 1400])
    expect(quantileSeconds(history.rank[0]!.waitBuckets, 0.5)).toBeGreaterThan(0.025)
  })

  test('that was killed is left out after twenty seconds and forgotten after a minute', async () => {
    const started = await queues.workforce.nowMs()
    await start('rank')
    const seenAfter = async (ms: number) =>
      (await workforceObserver(queues, () => started + ms).observe()).workers.length
    expect(await seenAfter(15_000)).toBe(1)
    expect(await seenAfter(30_000)).toBe(0)
    expect(await seenAfter(15_000)).toBe(1)
    expect(await seenAfter(70_000)).toBe(0)
    expect(await seenAfter(15_000)).toBe(0)
  })

  test('is looked at again at the price of the newest slots alone', async () => {
    let now = await queues.workforce.nowMs()
    const asked: number[] = []
    const slots = (wanted: number[]) => {
      asked.push(wanted.length)
      return queues.workforce.slots(wanted)
    }
    const observer = workforceObserver({ ...queues, workforce: { ...queues.workforce, slots } }, () => now)
    const slot = Math.floor(now / slotMs)
    const add = (at: number) => queues.workforce.report('x', '{"seenAt":0}', { slot: at, added: [['rank:batches', 1]] })
    await add(slot - 300)
    await add(slot)
    const slotsSeen = async () => (await observer.observe()).history.rank.map(({ atMs }) => atMs / slotMs)
    expect(await slotsSeen()).toEqual([slot - 300, slot])

    now += slotMs
    await add(slot + 1)
    expect(await slotsSeen()).toEqual([slot - 300, slot, slot + 1])
    // An hour at first; then the new slot and those that may still change.
    expect(asked[0]).toBe(360)
    expect(asked[1]).toBeLessThan(5)

    now += 3_600_000 - 3 * slotMs
    expect(await slotsSeen()).toEqual([slot, slot + 1])
  })
})
