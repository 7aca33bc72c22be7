import { type FileHandle, open } from 'node:fs/promises'

import { IdiolectError } from '@idiolect/contracts/errors'

import { unknownCursor } from './cursor.ts'
import { jsonLines } from './json-lines.ts'
import { compareUsers, headBytes, userInHead, userOfRow } from './user-of-row.ts'

const lineFeed = 0x0a
// Rows are some 10 KB: a probe nearly always finds the end of one in what it reads.
const probeBytes = 16_384

/**
 * Hands on the lines from the byte `start` on, until `take` does not take one.
 * @returns the byte where that one starts; null where the file has ended
 * @throws IdiolectError `usage` where no line starts at `start`
 */
export async function readLines(path: string, start: number, take: (line: Buffer) => boolean): Promise<number | null> {
  if (!(await startsLine(path, start))) {
    throw unknownCursor()
  }
  let next = start
  for await (const lines of jsonLines(path, start)) {
    for (const line of lines) {
      if (!take(line)) return next
      next += line.length
    }
  }
  return null
}

async function startsLine(path: string, start: number): Promise<boolean> {
  if (start === 0) return true
  return withFile(path, async (file, size) => {
    if (start >= size) return false
    const { buffer } = await file.read(Buffer.alloc(1), 0, 1, start - 1)
    return buffer[0] === lineFeed
  })
}

/** Where the first row starts whose user is `userId` or comes after, and who that is; null where all come before. */
export async function seekUser(path: string, userId: string): Promise<{ start: number; userId: string } | null> {
  return withFile(path, async (file, size) => {
    let found: { start: number; userId: string } | null = null
    // Rows that start before `low` come before the user, those that start at `high` or later do not.
    let low = 0
    let high = size
    while (low < high) {
      const middle = Math.floor((low + high) / 2)
      const start = await nextLineStart(file, middle, high)
      if (start === null) {
        high = middle
        continue
      }
      const user = await userAt(file, path, start)
      if (compareUsers(user, userId) < 0) low = start + 1
      else {
        found = { start, userId: user }
        high = middle
      }
    }
    return found
  })
}

/** The first start of a line in [from, end). */
async function nextLineStart(file: FileHandle, from: number, end: number): Promise<number | null> {
  if (from === 0) return 0
  const buffer = Buffer.alloc(probeBytes)
  for (let at = from - 1; at < end - 1; at += probeBytes) {
    const { bytesRead } = await file.read(buffer, 0, Math.min(probeBytes, end - 1 - at), at)
    if (bytesRead === 0) return null
    const place = buffer.subarray(0, bytesRead).indexOf(lineFeed)
    if (place !== -1) return at + place + 1
  }
  return null
}

async function userAt(file: FileHandle, path: string, start: number): Promise<string> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytes), 0, headBytes, start)
  const user = userInHead(buffer.subarray(0, bytesRead))
  if (user !== null) return user
  for await (const [line] of jsonLines(path, start)) return userOfRow(line!)
  throw new IdiolectError('internal', `${path} was cut off while it was read`)
}

async function withFile<T>(path: string, use: (file: FileHandle, size: number) => Promise<T>): Promise<T> {
  const file = await open(path)
  try {
    return await use(file, (await file.stat()).size)
  } finally {
    await file.close()
  }
}
