import Table, { type HorizontalAlignment } from 'cli-table3'

/** A table in plain characters, without colours, so that it reads the same in a file. */
export function plainTable(head: string[], rows: (string | number)[][], aligns: HorizontalAlignment[] = []): string {
  const table = new Table({ head, colAligns: aligns, style: { head: [], border: [] } })
  table.push(...rows)
  return table.toString()
}
