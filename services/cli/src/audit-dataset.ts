import { readFile } from 'node:fs/promises'

import { auditOutput } from '@idiolect/audit/audit-output'
import type { AuditReport } from '@idiolect/audit/report'
import { outputFolder } from '@idiolect/output/folder'

import { plainTable } from './table.ts'

/** The audit of a finished dataset: made now, or as it lies in the folder. */
export async function auditDataset(dir: string, signal: AbortSignal): Promise<AuditReport> {
  const before = await readFile(outputFolder(dir).audit, 'utf8').catch(() => null)
  return before === null ? auditOutput({ dir, signal }) : (JSON.parse(before) as AuditReport)
}

export function auditText({ ok, rows, checks }: AuditReport): string {
  const table = plainTable(
    ['', 'what must never happen', 'looked at', 'violations'],
    checks.map(({ check, name, checked, violations }) => [check, name, checked, violations]),
    ['right', 'left', 'right', 'right'],
  )
  const lines = checks.flatMap(({ check, examples, violations }) => [
    ...examples.map(({ id, set, reason }) => `${check}: ${id} in ${set}: ${reason}`),
    ...(violations > examples.length ? [`${check}: … and ${violations - examples.length} more`] : []),
  ])
  return [table, ...lines, `${rows} rows: ${ok ? 'nothing found' : 'see above'}`].join('\n')
}
