import type { Config } from '@idiolect/contracts/config'

import type { RetrievedRow, Row } from './output-rows.ts'
import { promptHoldsTarget } from './prompt-holds-target.ts'
import type { Resolved } from './read-references.ts'
import type { Verdict } from './report.ts'
import type { SourceTexts } from './source-texts.ts'

export interface PastOptions {
  texts: SourceTexts
  config: Pick<Config, 'context'>
}

/** METHOD "What must never happen", 1: d_t, or anything written at or after t, in D_t. */
export function checkPast(row: Row, { target, documents }: Resolved, options: PastOptions): Verdict {
  if (row.kind === 'author-distinction') return { checked: 0, reasons: [] }
  const before = target?.timestamp ?? Number.POSITIVE_INFINITY
  const faults = row.entries.map(({ docId, text }, index) => {
    const source = documents[index]
    const fault = () => {
      if (docId === row.docId) return 'is the target itself'
      if (source == null) return 'names no document of this user in the input'
      if (source.timestamp >= before) return 'is written at or after the target'
      return options.texts.read(source.body).text.includes(text) ? null : 'holds text that is not in its document'
    }
    const found = fault()
    return found === null ? [] : [`entries[${index}] (${docId}) ${found}`]
  })
  return { checked: row.entries.length, reasons: [...targetFaults(row, target, options), ...faults.flat()] }
}

function targetFaults(row: RetrievedRow, target: Resolved['target'], { texts, config }: PastOptions): string[] {
  const faults: string[] = []
  if (row.context.length > config.context.chars) faults.push(`its context is over ${config.context.chars} characters`)
  if (target === null) {
    return [...faults, `the input has no ${row.docId === undefined ? 'request' : 'document'} of this id and user`]
  }
  if (target.timestamp !== null && target.timestamp !== row.timestamp) faults.push('its timestamp is not the target’s')
  if (target.kind === 'request') {
    return target.beginsWithContext ? faults : [...faults, 'its context is not the start of the request']
  }
  const { text, words } = texts.read(target.body)
  if (!text.startsWith(row.context)) faults.push('its context is not the start of the target')
  if ((labelOf(row) ?? text) !== text) faults.push('its true text is not the whole target')
  if (promptHoldsTarget(row, words())) faults.push('its prompt holds text of the target that is in no entry')
  return faults
}

/** What the row gives out as d_t. */
function labelOf(row: RetrievedRow): string | undefined {
  if (row.kind === 'generations') return row.reference
  return row.kind === 'generation' ? row.completion : undefined
}
