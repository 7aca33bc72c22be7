import { parseConfig } from '@idiolect/contracts/config'
import { type Stage, stages } from '@idiolect/contracts/stages'
import { finalizeRun } from '@idiolect/output/finalize'
import { writeManifest } from '@idiolect/output/manifest'
import { commitPart } from '@idiolect/output/parts'
import { slotMs } from '@idiolect/runtime/observe-workers'
import type { Queues } from '@idiolect/runtime/queues'
import type { Run } from '@idiolect/runtime/run-store'

/** What people, and servers, have written. */
export type Texts = { user: string; doc: string; text: string; words: string[]; message: string }

const plain: Texts = {
  user: 'ada',
  doc: 'letter',
  text: 'The sails were mended by noon.',
  words: ['sails', 'noon'],
  message: 'the server answered 400',
}

export type MadeUpRun = { id: string; out: string; finished?: boolean; texts?: Texts; run?: Partial<Run> }

/** A run of four targets, two of them failed, in Redis and in its folder as a real one leaves it. */
export async function makeUpRun(
  queues: Queues,
  { id, out, finished = true, texts = plain, run = {} }: MadeUpRun,
): Promise<void> {
  const config = parseConfig({ rank: { strategy: 'RankDocBM25' } })
  const targets = 4
  await queues.store.create(
    { id, config, out, targets, createdAt: Date.now(), status: 'running', paused: false, attended: false, ...run },
    { frequencies: Buffer.alloc(0), selectors: {} },
  )
  await writeManifest(out, {
    run: id,
    round: 0,
    config,
    limit: null,
    inputs: [],
    requests: [],
    selectors: {},
    counts: { targets },
    versions: {},
  })
  const failures = ['a', 'b'].map((name, index) => ({
    ordinal: 2 + index,
    id: `${texts.doc}-${name}`,
    stage: 'generate',
    code: 'endpoint_rejected',
    message: texts.message,
    attempts: 1,
  }))
  const rows = [0, 1].map((place) => ({ table: 'generations' as const, row: rowOf(texts, place) }))
  await commitPart(out, { first: 0, count: 2, rows, failures: [], models: {} })
  if (finished) await commitPart(out, { first: 2, count: 2, rows: [], failures, models: {} })
  for (const stage of stages) {
    const all = finished || stages.indexOf(stage) < stages.indexOf('generate')
    const failed = finished && stage === 'generate' ? 2 : 0
    const step = { stage, first: 0, failed, records: all ? targets : 2, busyMs: 900 }
    await queues.store.advance(id, { ...step, promptTokens: 300, completionTokens: 20 })
  }
  if (!finished) return
  await finalizeRun(out, {})
  await queues.store.end(id, 'finished', stages)
}

function rowOf({ user, doc, text, words }: Texts, place: number): object {
  return {
    id: `${doc}-${place}`,
    userId: user,
    docId: `${doc}-${place}`,
    timestamp: '2026-03-01T09:30:00.000Z',
    method: 'RankDocBM25+SumCtxInd+SynCtxInd',
    context: text,
    entries: [{ docId: `${doc}-before`, score: 1.25, text }],
    summary: text,
    keyElements: words,
    prompt: `Finish this: ${text}`,
    output: `${text} And then ${text}`,
    reference: `${text} So ${text}`,
    model: 'model',
    usage: { promptTokens: 100, completionTokens: 10 },
    finishReason: 'stop',
    seed: 1,
  }
}

/** A worker's line in Redis, and a minute of its work. */
export async function makeUpWorker({ workforce }: Queues, stage: Stage, host = 'host-a'): Promise<void> {
  const nowMs = await workforce.nowMs()
  const line = {
    stage,
    host,
    pid: 1,
    startedAt: nowMs - 60_000,
    seenAt: nowMs,
    concurrency: 2,
    active: 1,
    batches: 60,
    records: 120,
    busyShare: 0.5,
    retries: 0,
    lastProgressAt: nowMs,
  }
  const work: [string, number][] = [
    [`${stage}:batches`, 10],
    [`${stage}:records`, 20],
    [`${stage}:busyMs`, 5_000],
    [`${stage}:run5`, 10],
  ]
  const newest = Math.floor(nowMs / slotMs)
  for (let slot = newest - 6; slot <= newest; slot++) {
    await workforce.report(`${host}-${stage}`, JSON.stringify(line), { slot, added: work })
  }
}
