import type { Config } from '@idiolect/contracts/config'
import type { GeneratedTarget } from '@idiolect/contracts/records'

import { datasetRows } from './dataset-rows.ts'
import { generationRow } from './generation-row.ts'
import type { TableRow } from './parts.ts'

/**
 * The rows that a record comes to, each with its table; null stands for a row that is left out because its label is empty.
 * @throws IdiolectError `invalid_record`
 */
export function rowsOfTarget(record: GeneratedTarget, config: Config): TableRow[] {
  if (config.task === 'dataset') return datasetRows(record, config)
  return [{ table: 'generations', row: generationRow(record) }]
}
