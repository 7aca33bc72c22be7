import { randomUUID } from 'node:crypto'
import { readFile, rm } from 'node:fs/promises'

import { IdiolectError } from '@idiolect/contracts/errors'

import { outputFolder } from './folder.ts'
import { type Manifest, writeManifest } from './manifest.ts'
import { type CommittedPart, listParts, readPart } from './parts.ts'

/**
 * Turns a finished run back into an unfinished one that lacks the parts with failures, all or those of one code; whoever resumes it
 * does these parts again and joins all of them anew, so the result is that of a run in which they never failed.
 * Repeatable: a crash in between leaves an unfinished run.
 * @throws IdiolectError `usage` where nothing has failed, or nothing with this code
 */
export async function reopenFailed(
  dir: string,
  code: string | null,
): Promise<{ manifest: Manifest; failures: number }> {
  const folder = outputFolder(dir)
  const before = await readFile(folder.manifest, 'utf8').catch(() => null)
  if (before === null) throw new IdiolectError('usage', `${dir} holds no run with failed records`)
  const { matching, failures, others } = await failedParts(dir, code)
  if (failures === 0) {
    const known = [...others].map(([name, count]) => `${name} ${count}`).join(', ') || 'none'
    throw new IdiolectError(
      'usage',
      `${dir}: nothing failed${code === null ? '' : ` with the code ${code}`}; failures: ${known}`,
    )
  }
  // Redis may still remember the run as it ended.
  const manifest: Manifest = { ...JSON.parse(before), run: `run-${randomUUID().slice(-10)}`, round: 0 }
  await writeManifest(dir, manifest)
  await rm(folder.run, { force: true })
  for (const { path } of matching) await rm(path)
  return { manifest, failures }
}

async function failedParts(dir: string, code: string | null) {
  const matching: CommittedPart[] = []
  const others = new Map<string, number>()
  let failures = 0
  for (const part of await listParts(dir)) {
    const { header, lines } = await readPart(part.path)
    if (header.failed === 0) continue
    const codes = lines.filter(({ table }) => table === 'failure').map(({ json }) => JSON.parse(json).code as string)
    const wanted = codes.filter((each) => code === null || each === code)
    for (const each of codes) others.set(each, (others.get(each) ?? 0) + 1)
    if (wanted.length > 0) matching.push(part)
    failures += wanted.length
  }
  return { matching, failures, others }
}
