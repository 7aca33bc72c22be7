import { randomUUID } from 'node:crypto'

import { parseConfig } from '@idiolect/contracts/config'
import { type Stage, stages } from '@idiolect/contracts/stages'
import fc from 'fast-check'
import { describe, expect, inject, test } from 'vitest'

import { openQueues } from './queues.ts'
import { redisAddress } from './redis-address.ts'
import { etaSeconds, recordsPerSecond, runObserver, type Sample } from './run-progress.ts'
import type { Run } from './run-store.ts'

/** A sample a second; at second `s` a stage has done `done(stage, s)` records. */
function watch(seconds: number, done: (stage: Stage, second: number) => number): Sample[] {
  return Array.from({ length: seconds + 1 }, (_, second) => ({
    atMs: second * 1000,
    records: Object.fromEntries(stages.map((stage) => [stage, done(stage, second)])) as Record<Stage, number>,
  }))
}

describe('recordsPerSecond', () => {
  test('is what a steady stage does, however large its batches are', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 64 }),
        fc.integer({ min: 1, max: 12 }),
        fc.nat(11),
        (batchRecords, batchSeconds, phase) => {
          const samples = watch(120, (_, second) => batchRecords * (1 + Math.floor((second + phase) / batchSeconds)))
          const rate = recordsPerSecond(samples, 'generate')!
          // At either end of the window up to one of at least four batches may be cut off or too many.
          expect(rate / (batchRecords / batchSeconds)).toBeGreaterThan(0.6)
          expect(rate / (batchRecords / batchSeconds)).toBeLessThan(1.4)
        },
      ),
    )
  })

  test('is unknown after one sample and after the first batch, and nought for a stage that stands still', () => {
    expect(recordsPerSecond([], 'rank')).toBeNull()
    expect(
      recordsPerSecond(
        watch(0, () => 10),
        'rank',
      ),
    ).toBeNull()
    expect(
      recordsPerSecond(
        watch(30, (_, second) => (second < 29 ? 0 : 16)),
        'rank',
      ),
    ).toBeNull()
    expect(
      recordsPerSecond(
        watch(30, () => 16),
        'rank',
      ),
    ).toBe(0)
  })

  test('does not count the time before the first batch', () => {
    const samples = watch(60, (_, second) => Math.max(0, second - 50) * 3)
    expect(recordsPerSecond(samples, 'embed')).toBe(3)
  })

  test('falls as soon as a fast stage slows down', () => {
    const samples = watch(100, (_, second) => Math.min(second, 80) * 20 + Math.max(0, second - 80))
    expect(recordsPerSecond(samples, 'embed')).toBe(1)
  })
})

describe('etaSeconds', () => {
  test('is what the slowest stage needs, not what the stages before it suggest', () => {
    const speed: Partial<Record<Stage, number>> = { embed: 8, generate: 2, collect: 2 }
    const samples = watch(20, (stage, second) => second * (speed[stage] ?? 4))
    expect(etaSeconds(samples, 240)).toBe(100)
  })

  test('does not wait for a stage that back-pressure holds', () => {
    const samples = watch(110, (stage, second) => (stage === 'collect' ? second : 200))
    expect(etaSeconds(samples, 210)).toBe(100)
  })

  test('is unknown until records reach the output, and nought once all have', () => {
    expect(etaSeconds([], 10)).toBeNull()
    expect(
      etaSeconds(
        watch(20, (stage, second) => (stage === 'collect' ? 0 : second)),
        100,
      ),
    ).toBeNull()
    expect(
      etaSeconds(
        watch(3, () => 100),
        100,
      ),
    ).toBe(0)
  })
})

test('a backlog is what has come to a stage and is not through, and as many seconds as the stage has taken for as much', async () => {
  const url = new URL(inject('redisUrl'))
  url.searchParams.set('prefix', `progress-${randomUUID()}`)
  const queues = await openQueues(redisAddress(url.href))
  const { store } = queues
  const run: Run = {
    id: 'r',
    config: parseConfig({}),
    out: '/out',
    targets: 100,
    createdAt: 0,
    attended: false,
    status: 'admitting',
    paused: false,
  }
  try {
    await store.create(run, { frequencies: Buffer.alloc(0), selectors: {} })
    await store.setAdmitted(run.id, 60)
    const step = { failed: 0, promptTokens: 0, completionTokens: 0, records: 10 }
    for (const first of [0, 10, 20, 30]) await store.advance(run.id, { ...step, stage: 'embed', first, busyMs: 500 })
    await store.advance(run.id, { ...step, stage: 'rank', first: 0, busyMs: 2000 })
    const [seen] = await runObserver(queues).observe([run])
    const backlogs = seen!.stages.map(({ stage, backlogRecords, backlogSeconds }) => [
      stage,
      backlogRecords,
      backlogSeconds,
    ])
    expect(backlogs.slice(0, 4)).toEqual([
      ['embed', 20, 1],
      ['rank', 30, 6],
      ['summarize', 10, null],
      ['synthesize', 0, null],
    ])
    expect(seen!.stages[0]).toMatchObject({ batches: 4, busyMs: 2000 })
  } finally {
    await store.remove(run.id, stages)
    await queues.close()
  }
})
