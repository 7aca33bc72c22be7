import type { Config } from '@idiolect/contracts/config'
import { splitOf, teachesSelectors } from '@idiolect/contracts/split'
import { type Database, streamRows } from '@idiolect/corpus/store/database'

import type { OutputFile } from './output-files.ts'
import type { Row, RowOf } from './output-rows.ts'
import type { Resolved } from './read-references.ts'
import type { Verdict, Violation } from './report.ts'

export interface UsersOptions {
  file: OutputFile
  config: Pick<Config, 'seed' | 'split'>
}

/** METHOD "What must never happen", 2: a validation or test user in the training data of Su, Sy, G or author distinction. */
export function checkUsers(row: Row, resolved: Resolved, { file, config }: UsersOptions): Verdict {
  if (file.split === null) return { checked: 0, reasons: [] }
  const reasons: string[] = []
  const split = splitOf(row.userId, config)
  const isSelectors = row.kind === 'summary' || row.kind === 'synthesis'
  if (split !== file.split) reasons.push(`its user belongs to ${split}`)
  else if (split === 'train' && isSelectors && !teachesSelectors(row.userId, config)) {
    reasons.push('its user is not in the half of the training users that Su and Sy learn from')
  }
  if (row.kind === 'author-distinction') reasons.push(...pairFaults(row, resolved, { file, config }))
  return { checked: 1, reasons }
}

function pairFaults(
  row: RowOf<'author-distinction'>,
  { target, documents: [other] }: Resolved,
  { file, config }: UsersOptions,
): string[] {
  const faults: string[] = []
  const sameUser = row.userId === row.otherUserId
  const split = splitOf(row.otherUserId, config)
  if (split !== file.split) faults.push(`its other user belongs to ${split}`)
  if (row.completion !== String(sameUser)) faults.push('its label is not whether the two users are the same')
  if (target === null) faults.push('the input has no document of this id and user')
  if (other == null) faults.push('its other document is not in the input under the other user')
  if (sameUser && row.otherDocId === row.docId) faults.push('its other document is the target itself')
  return faults
}

/** By the files alone, whatever the split should be: training rows of users that have rows in validation or test as well. */
export async function* sharedUsers(database: Database): AsyncGenerator<Violation> {
  const sql = ['userId', 'otherUserId'].map(
    (user) => `
    SELECT id, place, '${user}' FROM audited
    WHERE isTraining AND ${user} IN (SELECT userId FROM audited WHERE NOT isTraining)`,
  )
  for await (const rows of streamRows(database, sql.join(' UNION ALL '))) {
    for (const [id, set, user] of rows as [string, string, string][]) {
      const who = user === 'userId' ? 'its user' : 'its other user'
      yield { id, set, reason: `${who} has rows in validation or test too` }
    }
  }
}
