import { open, stat } from 'node:fs/promises'

import type { FailedRecord } from './failed-record.ts'
import { outputFolder } from './folder.ts'
import { type Forgotten, readForgotten } from './forgotten.ts'
import { type FailureGroups, startGroups } from './group-failures.ts'
import type { Manifest } from './manifest.ts'
import { type CommittedPart, listShard, listShards, type PartHeader, partsFrom, readPart, type Shard } from './parts.ts'

/** What is remembered of a folder that is being filled. */
type Known = {
  /** It holds for one run and those who are forgotten. */
  of: string
  /** First ordinals of the parts in which nothing has failed, which is for good. */
  sound: Set<number>
  /** By the first ordinals of the others, for as long as the file is the same. */
  groups: Map<number, Remembered>
  /** By the index of a folder of parts, for as long as nothing has come to it. */
  shards: Map<number, Remembered>
}

type Remembered = { mtimeMs: number; groups: FailureGroups }

const knownFolders = new Map<string, Known>()
const mostFolders = 16
// A header names the models; a longer one is read with its part.
const headerBytes = 4_096
const readAtOnce = 16
const nothing = startGroups().result()

/** The failures of a run under way, part by part from the ordinal `from` on. */
export async function* failuresByPart(
  dir: string,
  { run, from }: { run: Manifest['run']; from: number },
): AsyncGenerator<Pick<CommittedPart, 'first' | 'path'> & { failures: FailedRecord[] }> {
  const known = await knownOf(dir, run)
  const forgotten = await readForgotten(dir)
  for await (const part of partsFrom(dir, from)) {
    if (known.sound.has(part.first)) continue
    const failures = await failuresOf(part, { known, forgotten })
    if (failures.length > 0) yield { ...part, failures }
  }
}

/**
 * The failures of a run under way. The first look at a folder opens every part, later ones those that are new; folders of parts to
 * which nothing has come are not even listed.
 */
export async function groupParts(dir: string, run: Manifest['run']): Promise<FailureGroups> {
  const known = await knownOf(dir, run)
  const forgotten = await readForgotten(dir)
  const all = startGroups()
  for (const shard of await listShards(dir)) {
    all.addAll(await groupsOfShard(shard, { known, forgotten }))
  }
  return all.result()
}

async function groupsOfShard(shard: Shard, looking: Looking): Promise<FailureGroups> {
  const { shards, sound } = looking.known
  const mtimeMs = (await stat(shard.path).catch(absent))?.mtimeMs
  const before = shards.get(shard.index)
  if (mtimeMs === undefined) return nothing
  if (before?.mtimeMs === mtimeMs) return before.groups
  const suspects = (await listShard(shard)).filter(({ first }) => !sound.has(first))
  const found = startGroups()
  for (let start = 0; start < suspects.length; start += readAtOnce) {
    const looks = suspects.slice(start, start + readAtOnce).map((part) => groupsOf(part, looking))
    for (const groups of await Promise.all(looks)) found.addAll(groups)
  }
  const groups = found.result()
  shards.set(shard.index, { mtimeMs, groups })
  return groups
}

async function knownOf(dir: string, run: string): Promise<Known> {
  const changedMs = (await stat(outputFolder(dir).forgotten).catch(() => null))?.mtimeMs ?? 0
  const of = `${run} ${changedMs}`
  let known = knownFolders.get(dir)
  if (known?.of !== of) known = { of, sound: new Set(), groups: new Map(), shards: new Map() }
  // The folder that was looked at last stays longest.
  knownFolders.delete(dir)
  knownFolders.set(dir, known)
  for (const oldest of knownFolders.keys()) {
    if (knownFolders.size <= mostFolders) break
    knownFolders.delete(oldest)
  }
  return known
}

type Looking = { known: Known; forgotten: Forgotten | null }

async function groupsOf(part: CommittedPart, looking: Looking): Promise<FailureGroups> {
  const { groups } = looking.known
  const mtimeMs = (await stat(part.path).catch(absent))?.mtimeMs
  const before = groups.get(part.first)
  if (mtimeMs === undefined) return nothing
  if (before?.mtimeMs === mtimeMs) return before.groups
  const found = startGroups()
  for (const failure of await failuresOf(part, looking)) found.addFailure(failure)
  const result = found.result()
  if (result.total > 0) groups.set(part.first, { mtimeMs, groups: result })
  return result
}

async function failuresOf({ first, path }: CommittedPart, { known, forgotten }: Looking): Promise<FailedRecord[]> {
  const failures = await readFailuresOf(path).catch(absent)
  // A retry has taken the part back.
  if (failures === null) return []
  if (failures.length === 0) known.sound.add(first)
  return forgotten === null ? failures : failures.filter(({ id }) => !forgotten.target(id))
}

async function readFailuresOf(path: string): Promise<FailedRecord[]> {
  if ((await headerOf(path))?.failed === 0) return []
  const { lines } = await readPart(path)
  return lines.filter(({ table }) => table === 'failure').map(({ json }) => JSON.parse(json) as FailedRecord)
}

/** null where it is longer than a header should be. */
async function headerOf(path: string): Promise<PartHeader | null> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(headerBytes), 0, headerBytes, 0)
    const end = buffer.subarray(0, bytesRead).indexOf(0x0a)
    return end === -1 ? null : (JSON.parse(buffer.toString('utf8', 0, end)) as PartHeader)
  } finally {
    await file.close()
  }
}

function absent(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null
  throw error
}
