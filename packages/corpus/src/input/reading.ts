import type { Fault } from '../rejects.ts'

/** What a record of a file says, not yet checked, or why it cannot be read. */
export type Reading = { line: number } & ({ value: unknown } | { fault: Fault })
