import type { ErrorCode } from './errors.ts'

/** What a stage makes of one record: the record with more in it, or why it was given up. */
export type Outcome<T> = { ok: true; record: T } | { ok: false; code: ErrorCode; message: string }
