import { type ColumnType, datasetColumns } from './dataset-columns.ts'
import { markdownTable } from './markdown-table.ts'
import { datasetSets } from './tables.ts'

/** The columns of every set, as a section of the data card. */
export function cardColumns(): string {
  const tables = datasetSets.map((set) => {
    const rows = datasetColumns[set].map(({ name, type, meaning }) => [`\`${name}\``, typeName(type), meaning])
    return `### ${set}\n\n${markdownTable([['column', 'type', 'what'], ...rows])}`
  })
  return `## Columns\n\n${tables.join('\n\n')}`
}

function typeName(type: ColumnType): string {
  if (typeof type === 'string') return type
  if (typeof type.list === 'string') return `list of ${type.list}`
  const fields = Object.entries(type.list).map(([name, scalar]) => `${name}: ${scalar}`)
  return `list of {${fields.join(', ')}}`
}
