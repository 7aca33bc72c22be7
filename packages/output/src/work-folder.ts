import { existsSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'

import type { OutputFolder } from './folder.ts'

/** A slower process may still be putting files into it. */
const removal = { recursive: true, force: true, maxRetries: 5 } as const

export function removeWork({ work }: OutputFolder): Promise<void> {
  return rm(work, removal)
}

/** Leaves the manifest and the parts, which a retry of the failed records fills up and joins again. */
export async function keepForRetry({ work, manifest, parts }: OutputFolder): Promise<void> {
  const kept = [basename(manifest), basename(parts)]
  for (const name of await readdir(work)) if (!kept.includes(name)) await rm(join(work, name), removal)
}

/** Removes what a command has put into the work folder of a finished run, but not what a retry needs. */
export function clearWork(folder: OutputFolder): Promise<void> {
  return existsSync(folder.manifest) ? keepForRetry(folder) : removeWork(folder)
}
