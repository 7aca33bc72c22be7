import type { Batch, ModelIdentity } from '@idiolect/contracts/batch'
import { codeOf, type ErrorCode, errorCodes, IdiolectError } from '@idiolect/contracts/errors'
import type { Failure, Usage } from '@idiolect/contracts/records'
import type { Stage } from '@idiolect/contracts/stages'
import type { z } from 'zod'

import { processWithin } from './process-within.ts'
import type { StageContext, StageDefinition } from './stage-definition.ts'

/** Where a batch goes whose workers have died: it finds out which of the records is at fault. */
export type Quarantine = {
  /** Before the record of this ordinal is worked on, alone in the process; false where too many have died at it. */
  enter(ordinal: number): Promise<boolean>
  /** The process has lived through it. */
  leave(ordinal: number): Promise<void>
}

export type ProcessedBatch = { batch: Batch; usage: Usage }

/** A record of any stage, as far as the queue cares: which targets of the run it stands for. */
type Located = { ordinal: number; id: string }

// Bounds how often one batch is tried as a whole before its records are tried apart.
const attemptsTogether = 3

/**
 * Takes a batch through one stage. A record that does not fit the stage's schema, or that the stage gives up, becomes a
 * failure of each of its targets; the others go on. An error that concerns no single record is thrown, so that the queue
 * tries the batch again; on the last such attempt the batch is halved until the records at fault stand alone. In quarantine
 * every record is tried by itself, and one that workers die of fails.
 */
export async function processBatch<In, Out>(
  definition: StageDefinition<In, Out>,
  batch: Batch,
  context: StageContext & { attempt: number; quarantine: Quarantine | null; limitMs?: number },
): Promise<ProcessedBatch> {
  const usage: Usage = { promptTokens: 0, completionTokens: 0 }
  const models = { ...batch.models }
  const failures = [...batch.failures]
  const made: Out[] = []

  const fail = (record: unknown, code: ErrorCode, message: string) => {
    for (const target of targetsOf(record)) {
      failures.push({ ...target, stage: definition.stage, code, message, attempts: context.attempt })
    }
  }

  const addModel = (model: ModelIdentity) => {
    const known = models[definition.stage] ?? []
    if (!known.some(({ name, digest }) => name === model.name && digest === model.digest)) {
      models[definition.stage] = [...known, model]
    }
  }

  const accepted: In[] = []
  const isOwn = ownership(batch)
  for (const record of batch.records) {
    if (!isOwn(record)) continue
    const parsed = definition.input.safeParse(record)
    if (parsed.success) accepted.push(parsed.data)
    else fail(record, 'invalid_record', `does not fit the schema of ${definition.stage}: ${issuePaths(parsed.error)}`)
  }

  const run = async (records: In[]): Promise<void> => {
    if (records.length === 0) return
    try {
      const result = await processWithin(definition, records, { context, limitMs: context.limitMs })
      if (result.outcomes.length !== records.length) {
        throw new IdiolectError(
          'internal',
          `${definition.stage} returned ${result.outcomes.length} outcomes for ${records.length} records`,
        )
      }
      result.outcomes.forEach((outcome, index) => {
        if (!outcome.ok) fail(records[index], outcome.code, outcome.message)
        else if (Array.isArray(outcome.record)) made.push(...outcome.record)
        else made.push(outcome.record)
      })
      for (const model of result.models ?? []) addModel(model)
      usage.promptTokens += result.usage?.promptTokens ?? 0
      usage.completionTokens += result.usage?.completionTokens ?? 0
    } catch (error) {
      const { retry, user } = errorCodes[codeOf(error)]
      // What is wrong with this machine (a model that is not there) is not wrong with the records: they wait for another.
      if (context.signal.aborted || user || (retry && context.attempt < attemptsTogether)) throw error
      if (records.length === 1) {
        fail(
          records[0],
          codeOf(error),
          error instanceof IdiolectError ? error.message : `unexpected ${(error as Error).name}`,
        )
        return
      }
      const middle = records.length >> 1
      await run(records.slice(0, middle))
      await run(records.slice(middle))
    }
  }
  const runInQuarantine = async (record: In, quarantine: Quarantine): Promise<void> => {
    const { ordinal } = targetsOf(record)[0]!
    if (!(await quarantine.enter(ordinal))) return fail(record, 'worker_died', 'its workers died while they were at it')
    try {
      await run([record])
    } finally {
      // An error, or being told to stop, is no death.
      await quarantine.leave(ordinal)
    }
  }

  const { quarantine } = context
  if (quarantine === null) await run(accepted)
  else for (const record of accepted) await runInQuarantine(record, quarantine)

  return {
    batch: {
      ...batch,
      records: made,
      failures: withLost({ ...batch, records: made, failures }, definition.stage),
      models,
    },
    usage,
  }
}

/** Whether a record's targets are targets of the batch that no record before it had; what is passed over is found lost. */
function ownership({ first, count, failures }: Batch): (record: unknown) => boolean {
  const taken = new Set(failures.map((failure) => failure.ordinal))
  return (record) => {
    const ordinals = targetsOf(record).map(({ ordinal }) => ordinal)
    const isFree = (ordinal: number) => ordinal >= first && ordinal < first + count && !taken.has(ordinal)
    if (!ordinals.every(isFree) || new Set(ordinals).size < ordinals.length) return false
    for (const ordinal of ordinals) taken.add(ordinal)
    return true
  }
}

/** A record so broken that its targets cannot be read out of it still counts: the ordinals that nothing covers fail. */
function withLost(batch: Batch, stage: Stage): Failure[] {
  const covered = new Set<number>(batch.failures.map((failure) => failure.ordinal))
  for (const record of batch.records) for (const target of targetsOf(record)) covered.add(target.ordinal)
  const failures = [...batch.failures]
  for (let ordinal = batch.first; ordinal < batch.first + batch.count; ordinal++) {
    if (covered.has(ordinal)) continue
    failures.push({
      ordinal,
      id: `#${ordinal}`,
      stage,
      code: 'invalid_record',
      message: 'the record could not be read',
      attempts: 1,
    })
  }
  return failures.sort((a, b) => a.ordinal - b.ordinal)
}

/** An author's targets, or the target that the record is. */
export function targetsOf(record: unknown): Located[] {
  if (typeof record !== 'object' || record === null) return []
  const candidates = 'targets' in record && Array.isArray(record.targets) ? record.targets : [record]
  return candidates.filter(isLocated).map(({ ordinal, id }) => ({ ordinal, id }))
}

function isLocated(value: unknown): value is Located {
  if (typeof value !== 'object' || value === null) return false
  const { ordinal, id } = value as Partial<Located>
  return typeof id === 'string' && Number.isInteger(ordinal)
}

/** Where a record is wrong, without its text. */
function issuePaths(error: z.ZodError): string {
  const paths = error.issues.map((issue) => `${issue.path.join('.') || 'record'} (${issue.code})`)
  return [...new Set(paths)].slice(0, 5).join(', ')
}
