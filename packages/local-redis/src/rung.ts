import type { Log } from './log.ts'

/** What every rung of the ladder to a server program is given. */
export interface Search {
  /** Folder of the programs that were fetched before. */
  bin: string
  /** As in the environment variable PATH. */
  path: string
  log: Log
}

/** What a rung gives: the program, or why there is none. */
export type Found = { program: string } | { reason: string }
