import { stat } from 'node:fs/promises'

import type { Forgotten } from './forgotten.ts'
import { listParts, type PartHeader, type PartLine, readPart } from './parts.ts'
import { isTargetTable } from './tables.ts'
import { writeAtomically } from './write-atomically.ts'

type PartText = { header: PartHeader; lines: PartLine[] }

/** A part as it is without some users; `forgotten` in its header counts the targets that it lacks. */
export function withoutForgotten({ header, lines }: PartText, forgotten: Forgotten | null): PartText {
  if (forgotten === null) return { header, lines }
  const kept: PartLine[] = []
  let [targets, failures] = [0, 0]
  // A target's rows stand behind each other, the one that every target has as the first; an empty one does not say whose it is.
  let isDropped = false
  for (const line of lines) {
    if (line.table === 'failure') {
      if (forgotten.target((JSON.parse(line.json) as { id: string }).id)) failures += 1
      else kept.push(line)
      continue
    }
    const row = JSON.parse(line.json) as { userId: string; otherUserId?: string } | null
    if (row !== null && isTargetTable(line.table)) {
      isDropped = forgotten.user(row.userId)
      if (isDropped) targets += 1
    }
    if (isDropped) continue
    // What it was to be told apart from is gone.
    const lacksOther = row?.otherUserId !== undefined && forgotten.user(row.otherUserId)
    kept.push(lacksOther ? { ...line, json: 'null' } : line)
  }
  const lacking = (header.forgotten ?? 0) + targets + failures
  if (lacking === 0) return { header, lines: kept }
  return { header: { ...header, failed: header.failed - failures, forgotten: lacking }, lines: kept }
}

/** Rewrites the committed parts that hold something of the users. */
export async function forgetInParts(
  dir: string,
  forgotten: Forgotten,
  { dryRun }: { dryRun: boolean },
): Promise<{ rows: number; bytes: number }> {
  const found = { rows: 0, bytes: 0 }
  for (const { path } of await listParts(dir)) {
    const before = await readPart(path)
    const after = withoutForgotten(before, forgotten)
    const withRow = ({ lines }: PartText) => lines.filter(({ json }) => json !== 'null').length
    const rows = withRow(before) - withRow(after)
    if (rows === 0) continue
    const { size } = await stat(path)
    const text = [JSON.stringify(after.header), ...after.lines.map(({ table, json }) => `${table}\t${json}`), ''].join(
      '\n',
    )
    if (!dryRun) await writeAtomically(path, [text])
    found.rows += rows
    found.bytes += size - Buffer.byteLength(text)
  }
  return found
}
