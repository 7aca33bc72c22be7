import type { Batch } from '@idiolect/contracts/batch'
import { parseConfig } from '@idiolect/contracts/config'
import {
  authorSchema,
  embeddedAuthorSchema,
  generatedTargetSchema,
  rankedTargetSchema,
  summarizedTargetSchema,
  synthesizedTargetSchema,
} from '@idiolect/contracts/records'
import type { Stage } from '@idiolect/contracts/stages'
import { rowsOfTarget } from '@idiolect/output/rows-of-target'
import { processBatch, targetsOf } from '@idiolect/runtime/process-batch'
import type { StageContext, StageDefinition } from '@idiolect/runtime/stage-definition'
import { countDocumentFrequencies } from '@idiolect/text/document-frequencies'
import fc from 'fast-check'
import { expect, test } from 'vitest'

import { embedAuthors } from '../services/embed/src/embed.ts'
import { generateTargets } from '../services/generate/src/generate.ts'
import { rankAuthors } from '../services/rank/src/rank.ts'
import { summarizeTargets } from '../services/summarize/src/summarize.ts'
import { synthesizeTargets } from '../services/synthesize/src/synthesize.ts'

const config = parseConfig({})
const { signal } = new AbortController()

/** Every stage with nothing behind it but what it does itself; each text's vector is the same. */
const stages = {
  embed: {
    stage: 'embed',
    input: authorSchema,
    process: (authors) => {
      const embedder = {
        model: { name: 'test', digest: '' },
        dimensions: 2,
        embed: async (texts: string[]) => texts.map(() => Float32Array.of(0, 1)),
        close: async () => {},
      }
      return embedAuthors(authors, { config, embedder: async () => embedder, signal })
    },
  } satisfies StageDefinition<typeof authorSchema._output, unknown>,
  rank: {
    stage: 'rank',
    input: embeddedAuthorSchema,
    process: async (authors) => ({ outcomes: await rankAuthors(authors, { config, signal }) }),
  } satisfies StageDefinition<typeof embeddedAuthorSchema._output, unknown>,
  summarize: {
    stage: 'summarize',
    input: rankedTargetSchema,
    process: async (targets) => ({
      outcomes: await summarizeTargets(targets, { config, generator: null, selector: null, signal }),
    }),
  } satisfies StageDefinition<typeof rankedTargetSchema._output, unknown>,
  synthesize: {
    stage: 'synthesize',
    input: summarizedTargetSchema,
    process: async (targets) => {
      const frequencies = countDocumentFrequencies()
      const dependencies = { config, frequencies, generator: null, selector: null, lexicon: null, signal }
      return { outcomes: await synthesizeTargets(targets, dependencies) }
    },
  } satisfies StageDefinition<typeof summarizedTargetSchema._output, unknown>,
  generate: {
    stage: 'generate',
    input: synthesizedTargetSchema,
    process: async (targets) => ({ outcomes: await generateTargets(targets, { config, generator: null, signal }) }),
  } satisfies StageDefinition<typeof synthesizedTargetSchema._output, unknown>,
  collect: {
    stage: 'collect',
    input: generatedTargetSchema,
    process: async (records) => {
      for (const record of records) rowsOfTarget(record, config)
      return { outcomes: records.map((record) => ({ ok: true as const, record })) }
    },
  } satisfies StageDefinition<typeof generatedTargetSchema._output, unknown>,
}
const order = Object.keys(stages) as Stage[]

const run = {
  id: 'run',
  config,
  out: '/out',
  targets: 9,
  createdAt: 0,
  attended: false,
  status: 'running',
  paused: false,
}

function through(stage: Stage, records: unknown[], count: number): Promise<{ batch: Batch }> {
  const batch: Batch = { run: run.id, first: 0, count, round: 0, records, failures: [], models: {} }
  const context = {
    run: run as StageContext['run'],
    signal,
    frequencies: async () => Buffer.alloc(0),
    selectors: async () => ({}),
    widen: () => undefined,
    attempt: 3,
    quarantine: null,
  }
  return processBatch(stages[stage] as StageDefinition<unknown, unknown>, batch, context)
}

/** Good records of the targets 0, 1 … as they come to each stage. */
async function goodRecords(count: number): Promise<Record<Stage, unknown[]>> {
  const sentence = 'The <|im_end|> of the garden <b>path</b> is near the old wall. '
  let records: unknown[] = Array.from({ length: count }, (_, ordinal) => ({
    userId: '__proto__',
    documents: [0, 1, 2].map((timestamp) => ({
      docId: `d${timestamp}`,
      timestamp,
      title: '',
      text: sentence.repeat(9),
    })),
    targets: [
      {
        ordinal,
        id: `t${ordinal}`,
        userId: '__proto__',
        timestamp: 3,
        method: 'm',
        context: sentence,
        history: [0, 3],
      },
    ],
  }))
  const found = {} as Record<Stage, unknown[]>
  for (const stage of order) {
    found[stage] = records
    const { batch } = await through(stage, records, count)
    expect(batch.failures).toEqual([])
    records = batch.records
  }
  return found
}

const targets = 4
const good = await goodRecords(targets)

/** Somewhere within a record, another value or none. */
const spoils = fc.record({
  record: fc.nat(targets - 1),
  path: fc.array(fc.nat(12), { minLength: 1, maxLength: 6 }),
  value: fc.option(
    fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom(-1, 0.5, 1e300, 2 ** 53, '', '\ud800', [])),
    {
      nil: undefined,
    },
  ),
})

function spoil(value: unknown, path: readonly number[], by: unknown): unknown {
  const [step, ...rest] = path
  if (step === undefined || typeof value !== 'object' || value === null) return by
  const keys = Object.keys(value)
  const key = keys[step % keys.length]
  if (key === undefined) return by
  const inner = spoil((value as Record<string, unknown>)[key], rest, by)
  if (Array.isArray(value)) return value.map((each, index) => (String(index) === key ? inner : each))
  return { ...value, [key]: inner }
}

/** What lies on a queue is JSON. */
const asJson = (value: unknown) => (value === undefined ? null : JSON.parse(JSON.stringify(value)))

async function expectEachTargetOnce(stage: Stage, records: unknown[]): Promise<void> {
  const { batch } = await through(stage, records.map(asJson), targets)
  const done = batch.records.flatMap((record) => targetsOf(record).map(({ ordinal }) => ordinal))
  const failed = batch.failures.map(({ ordinal }) => ordinal)
  expect([...done, ...failed].toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3])
  for (const { message } of batch.failures) expect(message).not.toContain('garden')
}

test.each(order)('%s makes of each target a record or a failure, whatever lies on its queue', async (stage) => {
  const anything = fc.array(fc.jsonValue(), { minLength: 1, maxLength: 6 })
  await fc.assert(
    fc.asyncProperty(anything, (records) => expectEachTargetOnce(stage, records)),
    { numRuns: 50 },
  )
  await fc.assert(
    fc.asyncProperty(fc.array(spoils, { minLength: 1, maxLength: 5 }), async (list) => {
      const records = [...good[stage]]
      for (const { record, path, value } of list) records[record] = spoil(records[record], path, value)
      await expectEachTargetOnce(stage, records)
    }),
    { numRuns: 200 },
  )
})

test.each(order)('%s takes a target once, and none that is not of its batch', async (stage) => {
  const [first, second, third, fourth] = good[stage]
  await expectEachTargetOnce(stage, [first, first, second, third, fourth])
  const { batch } = await through(stage, [first, second], 1)
  expect(batch.records.flatMap(targetsOf)).toEqual([{ ordinal: 0, id: 't0' }])
  expect(batch.failures).toEqual([])
})
