import { existsSync } from 'node:fs'
import { rm, stat } from 'node:fs/promises'
import { resolve } from 'node:path'

import { IdiolectError } from '@idiolect/contracts/errors'
import { takeLock } from '@idiolect/local-redis/file-lock'
import { outputFolder } from '@idiolect/output/folder'
import { forgetUser } from '@idiolect/output/forget-user'
import type { ForgottenRecord } from '@idiolect/output/forgotten'
import { type FolderState, readFolder } from '@idiolect/output/manifest'
import { isUnderWay } from '@idiolect/runtime/run-store'
import { suspendRun } from '@idiolect/runtime/suspend-run'
import { Command } from 'commander'

import { requestIdsOf } from '../request-ids.ts'
import { print, type Surroundings } from '../surroundings.ts'
import { withQueues } from '../with-queues.ts'

type Flags = { out: string; json: boolean }

export function forgetCommand(surroundings: Surroundings): Command {
  return new Command('forget')
    .argument('<user>', "the author's userId")
    .requiredOption('-o, --out <folder>', 'the output folder of a run that is not under way')
    .option('--json', 'print the result as JSON', false)
    .action(async (userId: string, { out, json }: Flags) => {
      const dir = resolve(out)
      const found = await readFolder(dir)
      if (found.state === 'empty') throw new IdiolectError('usage', `${dir} holds no run`)
      if (found.state === 'unfinished') await leaveQueues(found.manifest.run, dir, surroundings)
      const { requests } = found.state === 'finished' ? found.run : found.manifest
      const { ids: requestIds, missing } = await requestIdsOf(userId, requests, surroundings.signal)
      const record = await alone(dir, () => forgetUser({ dir, userId, requestIds }))
      print(
        surroundings,
        json,
        { out: dir, found: record !== null, ...record, missing },
        text(dir, found, record, missing),
      )
    })
}

/** Batches mix authors: of a run that is not under way all of them go, and its command makes them again. */
async function leaveQueues(run: string, dir: string, surroundings: Surroundings): Promise<void> {
  await withQueues(surroundings, async (queues) => {
    const known = await queues.store.find(run)
    if (known !== null && isUnderWay(known.status) && !(await queues.store.isAbandoned(known))) {
      throw new IdiolectError(
        'usage',
        `${run} is under way in ${dir}; let it finish first, or "idiolect cancel ${run}"`,
      )
    }
    await suspendRun(queues, run)
  })
}

/** Two at once would put back into a file what the other has taken out. */
async function alone<T>(dir: string, work: () => Promise<T>): Promise<T> {
  const { forgotten } = outputFolder(dir)
  const lock = await takeLock(forgotten)
  if (lock === null)
    throw new IdiolectError('usage', `another "idiolect forget" is at work in ${dir}; try again when it is through`)
  try {
    return await work()
  } finally {
    if (existsSync(forgotten) && (await stat(forgotten)).size === 0) await rm(forgotten)
    await lock.close()
  }
}

function text(dir: string, found: FolderState, record: ForgottenRecord | null, missing: string[]): string {
  const lines: string[] = []
  if (record === null) lines.push(`Nothing of this author is in ${dir}.`)
  else {
    const files = Object.entries(record.files).map(([path, rows]) => `${path}: ${rows}`)
    lines.push(
      `${record.targets} targets of this author are removed from ${dir}${files.length === 0 ? '' : ` (rows of ${files.join(', ')})`}.`,
    )
    if (record.removed.length > 0)
      lines.push(`${record.removed.join(', ')} went as a whole; the commands that made them make them again.`)
    lines.push('The record is in forgotten.jsonl; it keeps the author out of this folder.')
  }
  if (missing.length > 0)
    lines.push(`Whose the failed requests are could not be told: ${missing.join(', ')} cannot be read.`)
  if (found.state === 'unfinished' || record !== null)
    lines.push('The input is as it was: take the author out of it as well.')
  return lines.join('\n')
}
