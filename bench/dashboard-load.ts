import { createWriteStream } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

import { outputConfig, parseConfig } from '@idiolect/contracts/config'
import { stages } from '@idiolect/contracts/stages'
import { writeManifest } from '@idiolect/output/manifest'
import { commitPart } from '@idiolect/output/parts'
import type { Queues } from '@idiolect/runtime/queues'

const config = parseConfig({})
const rowsAnAuthor = 4
const failedOf100 = 2
const partRows = 64

export const someAuthor = userOf(100_001)

/** A finished run: an output folder with so many rows, and some failures. */
export async function makeFinishedRun(queues: Queues, out: string, targets: number): Promise<string> {
  await mkdir(out, { recursive: true })
  const ordinals = Array.from({ length: targets }, (_, ordinal) => ordinal)
  const lines = (of: (ordinal: number) => object, wanted: boolean) =>
    Readable.from(ordinals.filter((each) => isFailed(each) === wanted).map((each) => `${JSON.stringify(of(each))}\n`))
  await pipeline(lines(rowOf, false), createWriteStream(join(out, 'generations.jsonl')))
  await pipeline(lines(failureOf, true), createWriteStream(join(out, 'failures.jsonl')))
  const failed = ordinals.filter(isFailed).length
  const counts = { targets, done: targets - failed, failed }
  const about = { limit: null, inputs: [], requests: [], selectors: {}, models: {}, versions: {} }
  await writeFile(join(out, 'run.json'), JSON.stringify({ config: outputConfig(config), counts, ...about }))
  await tellRedis(queues, { id: 'run-finished', out, targets, done: targets })
  await queues.store.end('run-finished', 'finished', stages)
  return 'run-finished'
}

/** A run under way that has committed so many rows, half of its targets. */
export async function makeRunUnderWay(queues: Queues, out: string, rows: number): Promise<string> {
  const id = 'run-underway'
  const about = { limit: null, inputs: [], requests: [], selectors: {}, versions: {} }
  await writeManifest(out, { run: id, round: 0, config, counts: { targets: 2 * rows }, ...about })
  for (let first = 0; first < rows; first += 16 * partRows) {
    const firsts = Array.from({ length: 16 }, (_, index) => first + index * partRows).filter((each) => each < rows)
    await Promise.all(firsts.map((each) => commitPart(out, partOf(each))))
  }
  await tellRedis(queues, { id, out, targets: 2 * rows, done: rows })
  return id
}

/** Batches that wait for Rank, and as many as `large` of `payloadBytes` in front of them. */
export async function fillQueue(
  queues: Queues,
  { run, jobs, large, payloadBytes }: { run: string; jobs: number; large: number; payloadBytes: number },
): Promise<void> {
  const queue = queues.queue('rank')
  const text = 'x'.repeat(payloadBytes)
  for (let first = 0; first < jobs; first += 1000) {
    const bulk = Array.from({ length: Math.min(1000, jobs - first) }, (_, index) => {
      const number = first + index
      const isLarge = number < large || number >= jobs - large
      const batch = { run, first: number, count: 1, round: 0, failures: [], models: {} }
      return { name: 'batch', data: { ...batch, records: [{ text: isLarge ? text : 'short' }] } }
    })
    await queue.addBulk(bulk)
  }
}

async function tellRedis(
  { store }: Queues,
  { id, out, targets, done }: { id: string; out: string; targets: number; done: number },
): Promise<void> {
  const run = { id, config, out, targets, createdAt: Date.now(), paused: false, attended: false }
  await store.create({ ...run, status: 'running' }, { frequencies: Buffer.alloc(0), selectors: {} })
  for (const stage of stages) {
    const failed = stage === 'generate' ? Math.round((done * failedOf100) / 100) : 0
    const step = { stage, first: 0, records: done, failed, busyMs: 900_000 }
    await store.advance(id, { ...step, promptTokens: done * 700, completionTokens: done * 90 })
  }
}

function partOf(first: number) {
  const ordinals = Array.from({ length: partRows }, (_, index) => first + index)
  return {
    first,
    count: partRows,
    rows: ordinals
      .filter((each) => !isFailed(each))
      .map((each) => ({ table: 'generations' as const, row: rowOf(each) })),
    failures: ordinals.filter(isFailed).map(failureOf),
    models: {},
  }
}

function isFailed(ordinal: number): boolean {
  return ordinal % 100 < failedOf100
}

/** In the order in which the output has them. */
function userOf(ordinal: number): string {
  return `user-${String(Math.floor(ordinal / rowsAnAuthor)).padStart(9, '0')}`
}

function failureOf(ordinal: number) {
  const message = `the server answered 400: reason ${ordinal % 7}`
  return {
    ordinal,
    id: `${userOf(ordinal)}/${ordinal}`,
    stage: 'generate',
    code: 'endpoint_rejected',
    message,
    attempts: 1,
  }
}

function rowOf(ordinal: number) {
  const text = `What ${ordinal} has to say. `.repeat(16)
  return {
    id: `${userOf(ordinal)}/${ordinal}`,
    userId: userOf(ordinal),
    docId: String(ordinal),
    timestamp: '2026-03-01T09:30:00.000Z',
    method: 'RankDocBySnpt+SumCtxInd+SynCtxInd',
    context: text.slice(0, 150),
    entries: [{ docId: `${ordinal}-before`, score: 1.25, text }],
    summary: text.slice(0, 200),
    keyElements: ['say', String(ordinal)],
    prompt: `Finish this: ${text}`,
    output: text,
    reference: text,
    model: 'model',
    usage: { promptTokens: 700, completionTokens: 90 },
    finishReason: 'stop',
    seed: ordinal,
  }
}
