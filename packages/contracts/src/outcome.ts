import type { ErrorCode } from './errors.ts'

/** What a stage makes of one record: the grown record, or why it is given up on. The records beside it are not touched. */
export type Outcome<T> = { ok: true; record: T } | { ok: false; code: ErrorCode; message: string }
