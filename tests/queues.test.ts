import { once } from 'node:events'

import type { Batch } from '@idiolect/contracts/batch'
import { parseConfig } from '@idiolect/contracts/config'
import { type Stage, stages } from '@idiolect/contracts/stages'
import { admit } from '@idiolect/runtime/admit'
import { openQueues, type Queues } from '@idiolect/runtime/queues'
import type { RedisAddress } from '@idiolect/runtime/redis-address'
import type { Run } from '@idiolect/runtime/run-store'
import { type ServeOptions, type Service, serve } from '@idiolect/runtime/serve'
import { steerRun } from '@idiolect/runtime/steer-run'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, inject, test, vi } from 'vitest'
import { z } from 'zod'

import { prefixed } from './prefixed.ts'

const input = z.object({ ordinal: z.int(), id: z.string(), trail: z.array(z.string()) })
type Input = z.infer<typeof input>

const run: Run = {
  id: 'run-1',
  config: parseConfig({}),
  out: '/out',
  targets: 40,
  createdAt: 0,
  attended: false,
  status: 'admitting',
  paused: false,
}

let address: RedisAddress
let queues: Queues
let opened: Service[]

beforeEach(async () => {
  address = prefixed(inject('redisUrl'))
  queues = await openQueues(address)
  opened = []
  await queues.store.create(run, { frequencies: Buffer.alloc(0), selectors: {} })
})

afterEach(async () => {
  await Promise.all(opened.map((service) => service.close()))
  for (const stage of stages) await queues.queue(stage).obliterate({ force: true })
  await queues.store.remove(run.id, stages)
  await queues.close()
})

function batchOf(first: number, count: number): Batch {
  const records = Array.from(
    { length: count },
    (_, index): Input => ({ ordinal: first + index, id: `r${first + index}`, trail: [] }),
  )
  return { run: run.id, first, count, round: 0, records, failures: [], models: {} }
}

/** A stage that writes its name into every record. */
async function serveStage(stage: Stage, options: Partial<ServeOptions<Input, Input>> = {}): Promise<Service> {
  const service = await serve<Input, Input>({
    address,
    concurrency: 2,
    log: pino({ level: 'silent' }),
    definition: {
      stage,
      input,
      process: async (records) => ({
        outcomes: records.map((record) => ({ ok: true, record: { ...record, trail: [...record.trail, stage] } })),
      }),
    },
    ...options,
  })
  opened.push(service)
  return service
}

async function servePipeline(): Promise<Batch[]> {
  const delivered: Batch[] = []
  for (const stage of stages) {
    const deliver = async (batch: Batch) => void delivered.push(batch)
    await serveStage(stage, stage === 'collect' ? { deliver } : {})
  }
  return delivered
}

const settled = () =>
  vi.waitFor(async () => expect(await queues.inFlight(run.id)).toEqual([]), { timeout: 20_000, interval: 20 })

describe('the queues', () => {
  test('take a batch through every stage in order and deliver it once', async () => {
    const delivered = await servePipeline()
    await queues.add('embed', batchOf(0, 3))
    await queues.add('embed', batchOf(0, 3))
    await vi.waitFor(() => expect(delivered).toHaveLength(1), { timeout: 20_000 })
    await settled()
    expect((delivered[0]!.records[0] as Input).trail).toEqual([...stages])
    expect(await queues.store.committed(run.id)).toBe(3)
    const { stages: counted } = await queues.store.progress(run.id)
    expect(Object.keys(counted).sort()).toEqual([...stages].sort())
    for (const stage of stages) expect(counted[stage]).toMatchObject({ records: 3, batches: 1 })
  })

  test('swallow a hand-over that a killed worker repeats after the batch has already gone on', async () => {
    const delivered = await servePipeline()
    await queues.add('generate', batchOf(0, 3))
    await vi.waitFor(() => expect(delivered).toHaveLength(1), { timeout: 20_000 })
    await settled()
    await queues.add('generate', batchOf(0, 3))
    expect(await queues.inFlight(run.id)).toEqual([])
  })

  test('let the next round of a resumed run in again, and count its targets once', async () => {
    const delivered = await servePipeline()
    await queues.add('embed', batchOf(0, 3))
    await vi.waitFor(() => expect(delivered).toHaveLength(1), { timeout: 20_000 })
    await settled()
    await queues.add('embed', { ...batchOf(0, 3), round: 1 })
    await vi.waitFor(() => expect(delivered).toHaveLength(2), { timeout: 20_000 })
    await settled()
    expect(await queues.store.committed(run.id)).toBe(3)
  })

  test('have counted every target for every stage when a run has finished, and count nothing after its end', async () => {
    const step = { stage: 'embed' as const, records: 4, failed: 0, busyMs: 1, promptTokens: 0, completionTokens: 0 }
    expect(await queues.store.advance(run.id, { ...step, first: 0 })).toBe(true)
    await queues.store.end(run.id, 'finished', stages)
    expect(await queues.store.advance(run.id, { ...step, first: 0 })).toBe(false)
    const { stages: counted } = await queues.store.progress(run.id)
    expect(stages.map((stage) => counted[stage]?.records)).toEqual(stages.map(() => run.targets))
  })

  test('name what is in flight by its targets', async () => {
    await queues.add('embed', batchOf(0, 3))
    await queues.add('rank', batchOf(3, 5))
    const flying = await queues.inFlight(run.id)
    expect(flying.sort((a, b) => a.first - b.first)).toEqual([
      { first: 0, count: 3 },
      { first: 3, count: 5 },
    ])
    await queues.clear(run.id)
    expect(await queues.inFlight(run.id)).toEqual([])
  })

  test('drop the batches of a run that was cancelled', async () => {
    const delivered = await servePipeline()
    await queues.store.end(run.id, 'cancelled', stages)
    await queues.add('embed', batchOf(0, 3))
    await settled()
    expect(delivered).toEqual([])
  })

  test('let the batches of a paused run wait until it goes on', async () => {
    const delivered = await servePipeline()
    await queues.store.setPaused(run.id, true)
    await queues.add('embed', batchOf(0, 3))
    const delayed = async () => (await queues.queue('embed').getJobCounts('delayed')).delayed
    await vi.waitFor(async () => expect(await delayed()).toBe(1), { timeout: 20_000 })
    expect(delivered).toEqual([])
    await queues.store.setPaused(run.id, false)
    await vi.waitFor(() => expect(delivered).toHaveLength(1), { timeout: 20_000 })
  })

  test('try a batch again that a stage could not process, and go on with it', async () => {
    const delivered: Batch[] = []
    let calls = 0
    await serveStage('collect', {
      deliver: async (batch) => {
        calls++
        if (calls === 1) throw new Error('disk full')
        delivered.push(batch)
      },
    })
    await queues.add('collect', batchOf(0, 2))
    await vi.waitFor(() => expect(delivered).toHaveLength(1), { timeout: 20_000 })
    expect(calls).toBe(2)
  })

  test('hand a batch back when its worker is told to stop', async () => {
    const started = new AbortController()
    const service = await serveStage('rank', {
      definition: {
        stage: 'rank',
        input,
        process: (_records, { signal }) =>
          new Promise((_resolve, reject) => {
            started.abort()
            signal.addEventListener('abort', () => reject(signal.reason))
          }),
      },
    })
    await queues.add('rank', batchOf(0, 2))
    if (!started.signal.aborted) await once(started.signal, 'abort')
    opened = []
    await service.close()
    expect(await queues.queue('rank').getJobCounts('wait', 'active')).toEqual({ wait: 1, active: 0 })
  })
})

describe('the source', () => {
  test('admits no more than the window while nothing leaves at the other end', async () => {
    const bytes = 1000
    const stop = new AbortController()
    async function* batches() {
      for (let first = 0; first < 40; first += 4) yield { batch: batchOf(first, 4), bytes }
    }
    const admitting = admit({
      queues,
      run: run.id,
      batches: batches(),
      windowBytes: 4 * bytes,
      skip: () => false,
      signal: stop.signal,
    })
    const inside = async () => (await queues.inFlight(run.id)).length
    await vi.waitFor(async () => expect(await inside()).toBe(3), { timeout: 10_000 })
    const delivered = await servePipeline()
    await admitting
    await settled()
    expect(delivered.flatMap(({ records }) => records)).toHaveLength(40)
  })

  test('lets a batch in that is larger than the window when it is alone', async () => {
    async function* batches() {
      yield { batch: batchOf(0, 4), bytes: 10_000 }
    }
    await admit({ queues, run: run.id, batches: batches(), windowBytes: 1000, skip: () => false })
    expect(await queues.inFlight(run.id)).toEqual([{ first: 0, count: 4 }])
  })

  test('ends where the run is cancelled while it waits for room, and does not bring the run back', async () => {
    await queues.store.create({ ...run, status: 'admitting' }, { frequencies: Buffer.alloc(0), selectors: {} })
    async function* batches() {
      for (let first = 0; first < 12; first += 4) yield { batch: batchOf(first, 4), bytes: 1000 }
    }
    const admitting = admit({ queues, run: run.id, batches: batches(), windowBytes: 1500, skip: () => false })
    const refused = expect(admitting).rejects.toThrow(/was cancelled/)
    await vi.waitFor(async () => expect(await queues.inFlight(run.id)).toHaveLength(1), { timeout: 10_000 })
    await steerRun(queues, run.id, 'cancel')
    await refused
    await queues.store.setRunning(run.id)
    expect(await queues.store.status(run.id)).toBe('cancelled')
    expect(await queues.inFlight(run.id)).toEqual([])
  })

  test('passes over what needs no work', async () => {
    async function* batches() {
      for (let first = 0; first < 12; first += 4) yield { batch: batchOf(first, 4), bytes: 10 }
    }
    await admit({ queues, run: run.id, batches: batches(), windowBytes: 1000, skip: ({ first }) => first === 4 })
    const firsts = (await queues.inFlight(run.id)).map(({ first }) => first).sort((a, b) => a - b)
    expect(firsts).toEqual([0, 8])
  })
})
