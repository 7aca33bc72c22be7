import { firstOfPart, partName, unknownCursor } from './cursor.ts'
import { withoutForgotten } from './forget-in-parts.ts'
import { type Forgotten, readForgotten } from './forgotten.ts'
import { type CommittedPart, listShard, listShards, type PartLine, partsFrom, readPart } from './parts.ts'
import type { RowSegment } from './row-page.ts'
import type { TableName } from './tables.ts'
import { compareUsers } from './user-of-row.ts'

type RowLine = { table: TableName; json: string }

/** The rows of a run that has not finished, a segment for each committed part from the one that `from` names on. */
export async function* partSegments(
  dir: string,
  { from, table }: { from: string | null; table: TableName | null },
): AsyncGenerator<RowSegment> {
  const first = from === null ? 0 : firstOfPart(from)
  const forgotten = await readForgotten(dir)
  for await (const part of partsFrom(dir, first)) {
    yield {
      name: partName(part.first),
      async read(position, page) {
        const lines = await rowsOf(part, forgotten)
        if (position > 0 && position >= lines.length) {
          throw unknownCursor()
        }
        for (let index = position; index < lines.length; index++) {
          const line = lines[index]!
          if (table !== null && line.table !== table) continue
          if (!page.add(line, Buffer.byteLength(line.json))) return index
        }
        return null
      },
    }
  }
}

/** Where the user's first row of the table stands. */
export async function seekUserInParts(
  dir: string,
  { table, userId }: { table: TableName; userId: string },
): Promise<{ name: string; position: number } | null> {
  const forgotten = await readForgotten(dir)
  const firstUser = async (part: CommittedPart) => userOf((await rowsOf(part, forgotten))[0])
  const shards = await listShards(dir)
  const shard = await lastBefore(shards, userId, async (each) => {
    for (const part of await listShard(each)) {
      const user = await firstUser(part)
      if (user !== null) return user
    }
    return null
  })
  if (shard === null) return null
  const part = await lastBefore(await listShard(shard), userId, firstUser)
  for await (const each of partsFrom(dir, part?.first ?? 0)) {
    for (const [position, line] of (await rowsOf(each, forgotten)).entries()) {
      const order = compareUsers(userOf(line)!, userId)
      if (order > 0) return null
      if (order === 0 && line.table === table) return { name: partName(each.first), position }
    }
  }
  return null
}

/**
 * The last of `items`, which are in the order of their first users, whose first user comes before `userId`: what is sought begins
 * there or later. The first one where none comes before; null where there are none.
 */
async function lastBefore<T>(
  items: readonly T[],
  userId: string,
  firstUser: (item: T) => Promise<string | null>,
): Promise<T | null> {
  let low = 0
  let high = items.length
  while (low < high) {
    const middle = (low + high) >> 1
    // Every target of a part may have failed.
    let probe = middle
    let user: string | null = null
    while (probe < high) {
      user = await firstUser(items[probe]!)
      if (user !== null) break
      probe += 1
    }
    if (user !== null && compareUsers(user, userId) < 0) low = probe + 1
    else high = middle
  }
  return items[Math.max(0, low - 1)] ?? null
}

async function rowsOf({ path }: CommittedPart, forgotten: Forgotten | null): Promise<RowLine[]> {
  const { lines } = withoutForgotten(await readPart(path), forgotten)
  return lines.filter(isRow)
}

function isRow(line: PartLine): line is RowLine {
  return line.table !== 'failure' && line.json !== 'null'
}

function userOf(line: RowLine | undefined): string | null {
  return line === undefined ? null : (JSON.parse(line.json) as { userId: string }).userId
}
