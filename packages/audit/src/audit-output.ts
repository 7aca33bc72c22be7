import { mkdtemp, rm, rmdir } from 'node:fs/promises'
import { join } from 'node:path'

import { type Config, configSchema } from '@idiolect/contracts/config'
import { IdiolectError } from '@idiolect/contracts/errors'
import type { Database } from '@idiolect/corpus/store/database'
import { writeDataCard } from '@idiolect/output/data-card'
import { outputFolder } from '@idiolect/output/folder'
import { type FinishedRun, makeFolder, readFolder } from '@idiolect/output/manifest'
import { writeAtomically } from '@idiolect/output/write-atomically'

import { checkLabels } from './check-labels.ts'
import { checkNearCopies } from './check-near-copies.ts'
import { checkPast } from './check-past.ts'
import { checkUsers, sharedUsers } from './check-users.ts'
import { nameReferences } from './name-references.ts'
import { openInput } from './open-input.ts'
import { type OutputFile, outputFiles } from './output-files.ts'
import { readRows } from './output-rows.ts'
import { readReferences } from './read-references.ts'
import { type AuditReport, createFindings, type Findings } from './report.ts'
import { openTexts } from './source-texts.ts'

export interface AuditOptions {
  /** Of a finished run. */
  dir: string
  /** Paths or globs of the documents, where they are not where run.json says; their digests are not looked at. */
  inputs?: string[] | undefined
  requests?: string[] | undefined
  signal: AbortSignal
}

/**
 * METHOD "What must never happen": looks for all four in a finished output, with the input and the rows alone, in two passes over
 * the rows. Writes `audit.json`, and for a dataset its data card anew.
 * @throws IdiolectError `input_missing`, `input_unusable`, `input_truncated` where input or output cannot be read, `output_unwritable`
 */
export async function auditOutput({ dir, signal, ...input }: AuditOptions): Promise<AuditReport> {
  const found = await readFolder(dir)
  if (found.state !== 'finished') {
    throw new IdiolectError('input_missing', `${dir} holds no finished run; audit takes the folder of one`)
  }
  const config = configOf(found.run, dir)
  const files = await outputFiles(dir, config.task)
  const report = await inWorkFolder(dir, async (work) => {
    const database = await openInput(found.run, { ...input, work, signal })
    try {
      return await lookThrough(database, { files, config, signal })
    } finally {
      database.close()
    }
  })
  await writeAtomically(outputFolder(dir).audit, [`${JSON.stringify(report, null, 2)}\n`])
  if (config.task === 'dataset') await writeDataCard(dir)
  return report
}

/** Not `parseConfig`: a contradiction is for the checks to find. */
function configOf({ config }: FinishedRun, dir: string): Config {
  const parsed = configSchema.safeParse(config)
  if (parsed.success) return parsed.data
  const keys = parsed.error.issues.map(({ path }) => path.join('.')).join(', ')
  throw new IdiolectError('input_unusable', `${join(dir, 'run.json')}: its configuration cannot be read: ${keys}`)
}

/** Beside the output, where there is room for what is as large as the input. */
async function inWorkFolder<T>(dir: string, use: (work: string) => Promise<T>): Promise<T> {
  const { work } = outputFolder(dir)
  await makeFolder(work)
  const folder = await mkdtemp(join(work, 'audit-'))
  try {
    return await use(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
    // Stays where something else lies in it.
    await rmdir(work).catch(() => {})
  }
}

interface Look {
  files: OutputFile[]
  config: Config
  signal: AbortSignal
}

async function lookThrough(database: Database, look: Look): Promise<AuditReport> {
  const { files, config, signal } = look
  const findings = createFindings()
  const compared = config.compare.methods.length > 0
  const rows = await nameReferences(database, files, { compared, signal })
  for await (const { id, set, reason } of sharedUsers(database)) {
    findings.add(2, { checked: 0, reasons: [reason] }, { id, set })
  }
  await checkRows(database, look, findings)
  return findings.report(rows)
}

async function checkRows(database: Database, { files, config, signal }: Look, findings: Findings): Promise<void> {
  const texts = openTexts(database)
  const references = readReferences(database)
  try {
    for (const file of files) {
      for await (const rows of readRows(file, signal)) {
        for (const row of rows) {
          const place = { id: row.id, set: file.set }
          const resolved = (await references.next()).value
          if (resolved === undefined) throw new IdiolectError('input_unusable', `${file.path} changed during the audit`)
          findings.add(1, checkPast(row, resolved, { texts, config }), place)
          findings.add(2, checkUsers(row, resolved, { file, config }), place)
          findings.add(3, checkNearCopies(row, resolved, texts), place)
          findings.add(4, checkLabels(row, config), place)
        }
      }
    }
  } finally {
    await references.return(undefined)
    texts.close()
  }
}
