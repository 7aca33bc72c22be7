import { existsSync } from 'node:fs'
import { basename, join, relative } from 'node:path'

import { IdiolectError } from '@idiolect/contracts/errors'

import { dropFromFolder } from './drop-from-folder.ts'
import { type OutputFolder, outputFolder } from './folder.ts'
import { type ForgottenRecord, forgottenUser, readForgotten, recordForgotten, userDigest } from './forgotten.ts'
import { readFolder } from './manifest.ts'
import { restateRun, writeRestated } from './restate-run.ts'
import { type FolderScan, scanFolder } from './scan-folder.ts'
import { isTargetTable } from './tables.ts'

export type ForgetOptions = {
  dir: string
  userId: string
  /** The user's requests, as far as they are known: a failure has nothing else to tell whose it is. */
  requestIds?: ReadonlySet<string>
  now?: Date
}

/** Made of the rows by other commands, which make them again. They quote texts, or name rows by their users. */
const derivedFiles = [
  'report.html',
  'comparison.json',
  'comparison.csv',
  'comparison.txt',
  'metrics.json',
  'audit.json',
]

/**
 * Removes an author from an output folder, finished or not: every row of the author's, every pair with a passage of the author's, the
 * author's failures, and what was made of them. `run.json`, checksums and data card say what is left; a line of `forgotten.jsonl`
 * says what went, and keeps the author out when the run is resumed. The caller sees to it that nobody else is at work in the folder.
 * A repetition mends what a crash has left half done.
 * @returns the line, or null where nothing of the author is in a finished folder
 * @throws IdiolectError `usage` where the folder holds no run, `output_unwritable`
 */
export async function forgetUser(options: ForgetOptions): Promise<ForgottenRecord | null> {
  const { dir, userId, requestIds, now = new Date() } = options
  const folder = outputFolder(dir)
  const found = await readFolder(dir)
  if (found.state === 'empty') throw new IdiolectError('usage', `${dir} holds no run`)
  const { config } = found.state === 'finished' ? found.run : found.manifest
  const forgotten = forgottenUser(userId, requestIds)
  const scan = await scanFolder(folder, { userId, forgotten, config })
  const removed = derivedFiles.filter((name) => existsSync(join(dir, name)))
  const digest = userDigest(userId)
  const record: ForgottenRecord = { userDigest: digest, at: now.toISOString(), ...droppedOf(folder, scan), removed }

  const isNothing = Object.keys(record.files).length === 0
  const restated = found.state === 'finished' ? restateRun(found.run, scan) : null
  const wasCutOff =
    found.state === 'finished' &&
    JSON.stringify(restated) !== JSON.stringify(found.run) &&
    (await readForgotten(dir))?.user(userId) === true
  if (found.state === 'finished' && isNothing && !wasCutOff) return null

  // First, so that a crash leaves nothing removed that no line tells of.
  if (!isNothing || found.state === 'unfinished') await recordForgotten(dir, record)
  await dropFromFolder(folder, { userId, forgotten, scan, removed })
  if (restated !== null) await writeRestated(folder, restated)
  return record
}

function droppedOf(folder: OutputFolder, { rows, failures, parts }: FolderScan) {
  const dropped = [...rows].filter(([, scan]) => scan.dropped > 0)
  const files = Object.fromEntries(dropped.map(([path, scan]) => [path, scan.dropped]))
  if (failures.dropped > 0) files[basename(folder.failures)] = failures.dropped
  if (parts.rows > 0) files[relative(folder.dir, folder.parts)] = parts.rows
  const ofTargets = dropped.filter(([path]) => isTargetTable(path.replace('.jsonl', '')))
  return {
    targets: ofTargets.reduce((sum, [, scan]) => sum + scan.dropped, failures.dropped),
    files,
    bytes: dropped.reduce((sum, [, scan]) => sum + scan.droppedBytes, failures.droppedBytes + parts.bytes),
  }
}
