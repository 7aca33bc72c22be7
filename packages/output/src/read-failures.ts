import { stat } from 'node:fs/promises'
import { basename } from 'node:path'

import { cursorOf, firstOfPart, parseCursor, partName, unknownCursor } from './cursor.ts'
import { failuresByPart, groupParts } from './failed-parts.ts'
import { type FailedRecord, type FailureSelection, failureFilter } from './failed-record.ts'
import { outputFolder } from './folder.ts'
import { type FailureGroups, startGroups } from './group-failures.ts'
import { jsonLines } from './json-lines.ts'
import { readLines } from './rows-in-lines.ts'
import { type RunFolder, withRun } from './run-folder.ts'

export type FailurePage = {
  failures: FailedRecord[]
  /** Cursor of the next page; null at the end of what there is. */
  next: string | null
}

export type FailurePageOptions = Pick<FailureSelection, 'stage' | 'code' | 'message'> & {
  cursor?: string
  limit: number
}

// Of failures of which few are asked for: a page that has not found them ends here all the same, and has a next one.
const mostBytes = 33_554_432

const grouped = new Map<string, { state: string; groups: FailureGroups }>()
const mostGrouped = 16

/** Those who ask at the same time get one answer. */
const looking = new Map<string, Promise<FailureGroups>>()

/**
 * What went wrong in a run, finished or under way: failures by stage, code and message, the largest group first. Of a finished run the
 * file is read once for as long as it is the same.
 * @throws IdiolectError `input_missing` where the folder holds no run
 */
export function groupFailures(dir: string): Promise<FailureGroups> {
  let look = looking.get(dir)
  if (look === undefined) {
    look = withRun(dir, (folder) =>
      folder.state === 'finished' ? groupFile(outputFolder(dir).failures) : groupParts(dir, folder.manifest.run),
    ).finally(() => looking.delete(dir))
    looking.set(dir, look)
  }
  return look
}

async function groupFile(path: string): Promise<FailureGroups> {
  const { mtimeMs, size } = await stat(path)
  const state = `${mtimeMs} ${size}`
  const before = grouped.get(path)
  if (before?.state === state) return before.groups
  const making = startGroups()
  for await (const lines of jsonLines(path)) for (const line of lines) making.addFailure(parse(line))
  const groups = making.result()
  if (grouped.size >= mostGrouped) grouped.clear()
  grouped.set(path, { state, groups })
  return groups
}

/**
 * A page of the failures of a run, finished or under way, in the order of the targets. A page may be short of `limit`, or even empty, and yet have a next one.
 * @throws IdiolectError `usage` for a cursor that the folder does not have, `input_missing` where it holds no run
 */
export async function readFailures(dir: string, options: FailurePageOptions): Promise<FailurePage> {
  return withRun(dir, (folder) =>
    folder.state === 'finished' ? pageOfFile(dir, options) : pageOfParts(dir, folder, options),
  )
}

async function pageOfFile(dir: string, { cursor, limit, ...selection }: FailurePageOptions): Promise<FailurePage> {
  const path = outputFolder(dir).failures
  const { name, position } = cursor === undefined ? { name: basename(path), position: 0 } : parseCursor(cursor)
  if (name !== basename(path)) throw unknownCursor()
  const isWanted = failureFilter(selection)
  const failures: FailedRecord[] = []
  let bytes = 0
  const next = await readLines(path, position, (line) => {
    if (failures.length >= limit || bytes > mostBytes) return false
    bytes += line.length
    const failure = parse(line)
    if (isWanted(failure)) failures.push(failure)
    return true
  })
  return { failures, next: next === null ? null : cursorOf({ name, position: next }) }
}

/** A position is a place among the failures of a part. */
async function pageOfParts(
  dir: string,
  folder: RunFolder & { state: 'unfinished' },
  { cursor, limit, ...selection }: FailurePageOptions,
): Promise<FailurePage> {
  const start = cursor === undefined ? { name: partName(0), position: 0 } : parseCursor(cursor)
  const first = firstOfPart(start.name)
  const isWanted = failureFilter(selection)
  const failures: FailedRecord[] = []
  for await (const part of failuresByPart(dir, { run: folder.manifest.run, from: first })) {
    const from = part.first === first ? start.position : 0
    for (const [index, failure] of part.failures.entries()) {
      if (index < from || !isWanted(failure)) continue
      if (failures.length >= limit) return { failures, next: cursorOf({ name: partName(part.first), position: index }) }
      failures.push(failure)
    }
  }
  return { failures, next: null }
}

function parse(line: Buffer): FailedRecord {
  return JSON.parse(line.toString()) as FailedRecord
}
