import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'

import { outputFolder } from './folder.ts'
import type { RowSegment } from './row-page.ts'
import { readLines, seekUser } from './rows-in-lines.ts'
import { readParquetRows, seekParquetUser } from './rows-in-parquet.ts'
import { listSetFiles, tableOfFile } from './set-files.ts'
import { type TableName, tablesOf } from './tables.ts'

/** A file of a finished run. */
export type TableFile = RowSegment & {
  table: TableName
  /** The position of the first row whose user is `userId` or, as far as the file can tell, comes after. */
  seek(userId: string): Promise<{ position: number; userId: string } | null>
}

/** The files of rows of a finished run, in the order of the tables and of the shards of each. */
export async function tableFiles(dir: string, task: 'generate' | 'dataset'): Promise<TableFile[]> {
  const { generations } = outputFolder(dir)
  const present = existsSync(generations) ? [basename(generations)] : []
  const names = task === 'dataset' ? (await listSetFiles(dir)).sort() : present
  return tablesOf(task).flatMap((table) => names.filter((name) => tableOfFile(name) === table).map(fileOf(dir, table)))
}

function fileOf(dir: string, table: TableName): (name: string) => TableFile {
  return (name) => {
    const path = join(dir, name)
    if (name.endsWith('.parquet')) return parquetFile(path, { name, table })
    return {
      name,
      table,
      read: (position, page) =>
        readLines(path, position, (line) => page.add({ table, json: line.toString() }, line.length)),
      async seek(userId) {
        const found = await seekUser(path, userId)
        return found === null ? null : { position: found.start, userId: found.userId }
      },
    }
  }
}

function parquetFile(path: string, { name, table }: { name: string; table: TableName }): TableFile {
  return {
    name,
    table,
    async read(position, page) {
      // A page that is full by its bytes still asks whether there is another row.
      const { rows, more } = await readParquetRows(path, { start: position, limit: Math.max(1, page.room()) })
      for (const [index, json] of rows.entries()) {
        if (!page.add({ table, json }, Buffer.byteLength(json))) return position + index
      }
      return more ? position + rows.length : null
    },
    async seek(userId) {
      const position = await seekParquetUser(path, userId)
      return position === null ? null : { position, userId }
    },
  }
}
