import type { Failure } from '@idiolect/contracts/records'

/** A line of `failures.jsonl`. */
export type FailedRecord = Omit<Failure, 'ordinal'>

/** Which failures are meant: those that are all of what it names. */
export type FailureSelection = { code?: string; stage?: string; message?: string; ids?: readonly string[] }

export function failureFilter({ code, stage, message, ids }: FailureSelection): (failure: FailedRecord) => boolean {
  const wanted = ids === undefined ? null : new Set(ids)
  return (failure) =>
    (code === undefined || failure.code === code) &&
    (stage === undefined || failure.stage === stage) &&
    (message === undefined || failure.message === message) &&
    (wanted === null || wanted.has(failure.id))
}
