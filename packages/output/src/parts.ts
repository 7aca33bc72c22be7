import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

import type { Batch } from '@idiolect/contracts/batch'
import type { Failure } from '@idiolect/contracts/records'

import { outputFolder } from './folder.ts'
import type { Range } from './ranges.ts'
import type { TableName } from './tables.ts'
import { wellFormedJson } from './well-formed-json.ts'
import { writeAtomically } from './write-atomically.ts'

/** `row` is null where the target would be in the table, but has an empty label; it is counted, and left out. */
export type TableRow = { table: TableName; row: object | null }

/** A committed batch: rows and failures of the targets `first` … `first + count - 1`. */
export type Part = Range & { rows: TableRow[]; failures: Failure[]; models: Batch['models'] }

export type CommittedPart = Range & { path: string }

/** First line of a part file; after it come the rows and the failures, each its table or `failure`, a tab, JSON. */
export type PartHeader = {
  failed: number
  /** Targets that the part lacks because their author was forgotten. */
  forgotten?: number
  models: Batch['models']
}

export type PartLine = { table: TableName | 'failure'; json: string }

// A folder with a million files is slow to list and to sync.
const targetsPerFolder = 100_000

const namePattern = /^(\d{12})-(\d+)\.part$/

/**
 * Commits a batch to the output folder. The same batch again replaces the file by an equal one, so that a batch which
 * was processed twice is in the output once.
 * @throws IdiolectError `output_unwritable`
 */
export async function commitPart(dir: string, part: Part): Promise<void> {
  const shard = String(Math.floor(part.first / targetsPerFolder)).padStart(6, '0')
  const folder = join(outputFolder(dir).parts, shard)
  await mkdir(folder, { recursive: true })
  const name = `${String(part.first).padStart(12, '0')}-${part.count}.part`
  const path = join(folder, name)
  // A worker that was cut off may come late with failures for what another has done meanwhile.
  if (part.failures.length > 0 && (await failedBefore(path)) < part.failures.length) return
  const header: PartHeader = { failed: part.failures.length, models: part.models }
  const lines = [
    `${JSON.stringify(header)}\n`,
    ...part.rows.map(({ table, row }) => `${table}\t${wellFormedJson(row)}\n`),
    ...part.failures.map(({ ordinal: _place, ...failure }) => `failure\t${wellFormedJson(failure)}\n`),
  ]
  await writeAtomically(path, [lines.join('')])
}

/** What has been committed, by first ordinal; names alone are read. */
export async function listParts(dir: string): Promise<CommittedPart[]> {
  const found: CommittedPart[] = []
  for await (const part of partsFrom(dir, 0)) found.push(part)
  return found
}

/** Those from the ordinal `first` on; of the others no more than a folder is listed. */
export async function* partsFrom(dir: string, first: number): AsyncGenerator<CommittedPart> {
  for (const shard of await listShards(dir)) {
    if ((shard.index + 1) * targetsPerFolder <= first) continue
    for (const part of await listShard(shard)) if (part.first >= first) yield part
  }
}

/** A folder of parts, of the targets from `index` × 100,000 on. */
export type Shard = { index: number; path: string }

export async function listShards(dir: string): Promise<Shard[]> {
  const { parts } = outputFolder(dir)
  const shards = (await entriesOf(parts)).map((name) => ({ index: Number(name), path: join(parts, name) }))
  return shards.sort((a, b) => a.index - b.index)
}

export async function listShard({ path }: Shard): Promise<CommittedPart[]> {
  const found: CommittedPart[] = []
  for (const name of await entriesOf(path)) {
    const match = namePattern.exec(name)
    if (match !== null) found.push({ first: Number(match[1]), count: Number(match[2]), path: join(path, name) })
  }
  return found.sort((a, b) => a.first - b.first)
}

/** A committed part, its lines as they were written. A part is a batch, so it fits in memory. */
export async function readPart(path: string): Promise<{ header: PartHeader; lines: PartLine[] }> {
  const [header = '', ...lines] = (await readFile(path, 'utf8')).trimEnd().split('\n')
  return { header: JSON.parse(header) as PartHeader, lines: lines.map(splitLine) }
}

function splitLine(line: string): PartLine {
  const tab = line.indexOf('\t')
  return { table: line.slice(0, tab) as PartLine['table'], json: line.slice(tab + 1) }
}

async function failedBefore(path: string): Promise<number> {
  try {
    return (await readPart(path)).header.failed
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return Number.POSITIVE_INFINITY
    throw error
  }
}

async function entriesOf(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
