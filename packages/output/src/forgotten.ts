import { createHash } from 'node:crypto'
import { open, readFile } from 'node:fs/promises'

import { outputFolder } from './folder.ts'

/** A line of `forgotten.jsonl`: what was removed of whom, who is not named. */
export type ForgottenRecord = {
  /** SHA-256 of the user's id. */
  userDigest: string
  /** ISO 8601. */
  at: string
  /** Of the finished files: done and failed ones. */
  targets: number
  /** By path, the rows that were removed of a file. */
  files: Record<string, number>
  /** Of these rows, as JSON Lines. */
  bytes: number
  /** Files that were removed whole, since they were made of the author's rows among others. */
  removed: string[]
}

/** Who is not to be in the folder. */
export type Forgotten = {
  user(userId: string): boolean
  /** By the id of a target, where nothing else says whose it is: the user's id and the document's with a slash between, or a request's. */
  target(id: string): boolean
}

export function userDigest(userId: string): string {
  return createHash('sha256').update(userId).digest('hex')
}

/** One user, and the requests that are known to be the user's. */
export function forgottenUser(userId: string, requestIds: ReadonlySet<string> = new Set()): Forgotten {
  return {
    user: (id) => id === userId,
    target: (id) => id.startsWith(`${userId}/`) || requestIds.has(id),
  }
}

/** Everybody whom the folder's record names; null where there is no record. Who was forgotten once does not come back with a resumed run. */
export async function readForgotten(dir: string): Promise<Forgotten | null> {
  const text = await readFile(outputFolder(dir).forgotten, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  const lines = text.split('\n').filter((line) => line !== '')
  if (lines.length === 0) return null
  const digests = new Set(lines.map((line) => (JSON.parse(line) as ForgottenRecord).userDigest))
  const user = (userId: string) => digests.has(userDigest(userId))
  // A user's id may have slashes of its own.
  const target = (id: string) => [...id.matchAll(/\//g)].some(({ index }) => user(id.slice(0, index)))
  return { user, target }
}

/** Adds a line that is on the disk when this returns. */
export async function recordForgotten(dir: string, record: ForgottenRecord): Promise<void> {
  const file = await open(outputFolder(dir).forgotten, 'a')
  try {
    await file.appendFile(`${JSON.stringify(record)}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
}
