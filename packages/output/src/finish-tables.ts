import { IdiolectError } from '@idiolect/contracts/errors'

import type { DataFile } from './checksums.ts'
import type { OutputFolder } from './folder.ts'
import { withoutForgotten } from './forget-in-parts.ts'
import { readForgotten } from './forgotten.ts'
import type { Manifest } from './manifest.ts'
import { type CommittedPart, type PartHeader, type PartLine, readPart } from './parts.ts'
import type { RowCounts } from './table-counts.ts'
import { type TableWriter, type TableWriterOptions, tableWriter } from './table-writer.ts'
import { type TableName, tablesOf } from './tables.ts'

export type FinishedTables = RowCounts & { files: DataFile[] }

/**
 * One pass over the parts, all tables at once: memory holds a part, and each table has at most one file open.
 * @throws IdiolectError `output_unwritable`
 */
export async function finishTables(
  parts: readonly CommittedPart[],
  { folder, staging, config }: { folder: OutputFolder; staging: string; config: Manifest['config'] },
  onHeader: (header: PartHeader) => void,
): Promise<FinishedTables> {
  const forgotten = await readForgotten(folder.dir)
  const { format, shardBytes } = config.dataset
  const place = { dir: folder.dir, staging }
  const whole = { ...place, format: 'jsonl', shardBytes: Number.POSITIVE_INFINITY, evenEmpty: true } as const
  const optionsOf = (table: TableName): TableWriterOptions =>
    table === 'generations'
      ? { ...whole, name: table }
      : { ...place, name: table, format, shardBytes, evenEmpty: false }
  const tables = tablesOf(config.task)
  const writers = new Map<PartLine['table'], TableWriter>(tables.map((table) => [table, tableWriter(optionsOf(table))]))
  writers.set('failure', tableWriter({ ...whole, name: 'failures' }))
  const rows = new Map(tables.map((table) => [table, 0]))
  const withoutLabel = new Map(rows)

  try {
    for (const { path } of parts) {
      const { header, lines } = withoutForgotten(await readPart(path), forgotten)
      onHeader(header)
      for (const [table, jsons] of byTable(lines)) {
        const writer = writers.get(table)
        if (writer === undefined) throw new IdiolectError('internal', `${path}: ${table} is no table of this run`)
        const labelled = jsons.filter((json) => json !== 'null')
        await writer.add(labelled)
        if (table === 'failure') continue
        rows.set(table, rows.get(table)! + labelled.length)
        withoutLabel.set(table, withoutLabel.get(table)! + jsons.length - labelled.length)
      }
    }
    const files: DataFile[] = []
    for (const writer of writers.values()) files.push(...(await writer.finish()))
    return { files, rows, withoutLabel }
  } catch (error) {
    for (const writer of writers.values()) await writer.abandon().catch(() => {})
    throw error
  }
}

function byTable(lines: readonly PartLine[]): Map<PartLine['table'], string[]> {
  const found = new Map<PartLine['table'], string[]>()
  for (const { table, json } of lines) {
    const known = found.get(table)
    if (known === undefined) found.set(table, [json])
    else known.push(json)
  }
  return found
}
