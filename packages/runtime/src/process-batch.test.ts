import type { Batch } from '@idiolect/contracts/batch'
import { parseConfig } from '@idiolect/contracts/config'
import { type ErrorCode, IdiolectError } from '@idiolect/contracts/errors'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'

import { processBatch } from './process-batch.ts'
import type { Run } from './run-store.ts'
import type { StageDefinition } from './stage-definition.ts'

const run: Run = {
  id: 'run-1',
  config: parseConfig({}),
  out: '/out',
  targets: 100,
  createdAt: 0,
  attended: false,
  status: 'running',
  paused: false,
}
const input = z.object({ ordinal: z.int(), id: z.string(), value: z.number() })
type Input = z.infer<typeof input>

const signal = new AbortController().signal
const frequencies = async () => Buffer.alloc(0)
const surroundings = { run, signal, frequencies, selectors: async () => ({}), widen: () => undefined, quarantine: null }
const together = { ...surroundings, attempt: 1 }
const apart = { ...surroundings, attempt: 3 }

function batchOf(records: unknown[], count = records.length): Batch {
  return { run: run.id, first: 0, count, round: 0, records, failures: [], models: {} }
}

const records = (values: number[]) => values.map((value, ordinal) => ({ ordinal, id: `r${ordinal}`, value }))

/** Doubles; throws for the whole call when it meets a negative value, as a crashing model would. */
function fragile(code: ErrorCode = 'internal') {
  const calls: number[] = []
  const definition: StageDefinition<Input, Input> = {
    stage: 'generate',
    input,
    process: async (accepted) => {
      calls.push(accepted.length)
      if (accepted.some(({ value }) => value < 0)) throw new IdiolectError(code, 'met a bad one')
      return { outcomes: accepted.map((record) => ({ ok: true, record: { ...record, value: record.value * 2 } })) }
    },
  }
  return { calls, definition }
}

describe('a record that a stage never comes back with', () => {
  test('fails alone once it has been tried apart, and the stage is told to stop', async () => {
    const told: number[] = []
    const definition: StageDefinition<Input, Input> = {
      stage: 'generate',
      input,
      process: (accepted, { signal: stop }) => {
        const outcomes = accepted.map((record) => ({ ok: true as const, record }))
        if (accepted.every(({ value }) => value >= 0)) return Promise.resolve({ outcomes })
        stop.addEventListener('abort', () => told.push(accepted.length))
        return new Promise(() => undefined)
      },
    }
    const together20 = { ...together, limitMs: 20 }
    await expect(processBatch(definition, batchOf(records([1, -1, 3])), together20)).rejects.toMatchObject({
      code: 'stage_timeout',
    })
    const { batch } = await processBatch(definition, batchOf(records([1, -1, 3])), { ...apart, limitMs: 20 })
    expect(batch.records).toHaveLength(2)
    expect(batch.failures).toMatchObject([{ ordinal: 1, code: 'stage_timeout' }])
    expect(told.at(-1)).toBe(1)
  })
})

describe('a batch in quarantine', () => {
  test('is worked on record by record, and loses only the one that workers die of', async () => {
    const { definition, calls } = fragile()
    const inside: number[] = []
    const left: number[] = []
    const quarantine = {
      enter: async (ordinal: number) => inside.push(ordinal) !== 2,
      leave: async (ordinal: number) => void left.push(ordinal),
    }
    const { batch } = await processBatch(definition, batchOf(records([1, 2, 3])), { ...together, quarantine })
    expect(calls).toEqual([1, 1])
    expect([inside, left]).toEqual([
      [0, 1, 2],
      [0, 2],
    ])
    expect(batch.records).toEqual([
      { ordinal: 0, id: 'r0', value: 2 },
      { ordinal: 2, id: 'r2', value: 6 },
    ])
    expect(batch.failures).toMatchObject([{ ordinal: 1, code: 'worker_died' }])
  })

  test('is not held to have killed a worker by an error that may pass', async () => {
    const inside = new Set<number>()
    const quarantine = {
      enter: async (ordinal: number) => inside.add(ordinal).size < 2,
      leave: async (ordinal: number) => void inside.delete(ordinal),
    }
    const attempt = processBatch(fragile().definition, batchOf(records([-1])), { ...together, quarantine })
    await expect(attempt).rejects.toThrow('met a bad one')
    expect(inside).toEqual(new Set())
  })
})

describe('a batch in a stage', () => {
  test('becomes the records of the next stage in their order', async () => {
    const { batch } = await processBatch(fragile().definition, batchOf(records([1, 2, 3])), together)
    expect(batch.records).toEqual(records([2, 4, 6]))
    expect(batch.failures).toEqual([])
  })

  test('is tried again as a whole while attempts are left, when an error may pass', async () => {
    const { definition, calls } = fragile()
    await expect(processBatch(definition, batchOf(records([1, -1, 3])), together)).rejects.toThrow('met a bad one')
    expect(calls).toEqual([3])
  })

  test('loses only the record at fault on the last attempt', async () => {
    const { definition } = fragile()
    const { batch } = await processBatch(definition, batchOf(records([1, 2, -1, 4, 5])), apart)
    expect(batch.records.map((record) => (record as Input).ordinal)).toEqual([0, 1, 3, 4])
    expect(batch.failures).toEqual([
      { ordinal: 2, id: 'r2', stage: 'generate', code: 'internal', message: 'met a bad one', attempts: 3 },
    ])
  })

  test('is taken apart at once when trying again cannot help', async () => {
    const { definition } = fragile('endpoint_rejected')
    const { batch } = await processBatch(definition, batchOf(records([-1, 2])), together)
    expect(batch.failures.map(({ id, code }) => [id, code])).toEqual([['r0', 'endpoint_rejected']])
    expect(batch.records).toHaveLength(1)
  })

  test('waits as a whole, however often, while the fault is with the machine', async () => {
    const { definition } = fragile('model_missing')
    await expect(processBatch(definition, batchOf(records([-1, 2])), { ...apart, attempt: 50 })).rejects.toThrow(
      'met a bad one',
    )
  })

  test('turns a record that does not fit the door into a failure that quotes nothing of it', async () => {
    const broken = { ordinal: 1, id: 'r1', value: 'a secret' }
    const { batch } = await processBatch(fragile().definition, batchOf([...records([1]), broken]), together)
    expect(batch.failures).toMatchObject([{ ordinal: 1, id: 'r1', code: 'invalid_record' }])
    expect(JSON.stringify(batch.failures)).not.toContain('secret')
  })

  test('counts a record that cannot be read at all by the ordinal that is missing', async () => {
    const { batch } = await processBatch(fragile().definition, batchOf([...records([1]), 'rubbish', null], 3), together)
    expect(batch.failures.map(({ ordinal, id }) => [ordinal, id])).toEqual([
      [1, '#1'],
      [2, '#2'],
    ])
  })

  test('fails every target of an author that is given up', async () => {
    const author = z.object({ targets: z.array(z.object({ ordinal: z.int(), id: z.string() })) })
    const definition: StageDefinition<z.infer<typeof author>, never> = {
      stage: 'rank',
      input: author,
      process: async (authors) => ({
        outcomes: authors.map(() => ({ ok: false, code: 'invalid_record', message: 'no' })),
      }),
    }
    const targets = [
      { ordinal: 0, id: 'a' },
      { ordinal: 1, id: 'b' },
    ]
    const { batch } = await processBatch(definition, batchOf([{ targets }], 2), together)
    expect(batch.failures.map(({ id }) => id)).toEqual(['a', 'b'])
  })

  test('hands back instead of failing records when the worker is told to stop', async () => {
    const stopped = AbortSignal.abort(new Error('stopping'))
    await expect(
      processBatch(fragile().definition, batchOf(records([-1])), { ...apart, signal: stopped }),
    ).rejects.toThrow()
  })

  test('always covers its range: done and failed together are all targets, each once', async () => {
    const anyRecord = (ordinal: number) =>
      fc.oneof(
        fc.constant({ ordinal, id: `r${ordinal}`, value: 1 }),
        fc.constant({ ordinal, id: `r${ordinal}`, value: -1 }),
        fc.constant({ ordinal, id: `r${ordinal}` }),
        fc.jsonValue().filter((value) => typeof value !== 'object' || value === null),
      )
    const batches = fc
      .integer({ min: 1, max: 20 })
      .chain((count) => fc.tuple(...Array.from({ length: count }, (_, index) => anyRecord(index))))
    await fc.assert(
      fc.asyncProperty(batches, async (all) => {
        const { batch } = await processBatch(fragile().definition, batchOf(all), apart)
        const done = batch.records.map((record) => (record as Input).ordinal)
        const failed = batch.failures.map(({ ordinal }) => ordinal)
        expect([...done, ...failed].sort((a, b) => a - b)).toEqual(all.map((_, index) => index))
      }),
    )
  })
})
