import type { Config } from '@idiolect/contracts/config'
import { isStopWord } from '@idiolect/text/stop-words'
import { words } from '@idiolect/text/words'

import type { RetrievedRow, Row, RowOf } from './output-rows.ts'
import type { Verdict } from './report.ts'

type Methods = Pick<Config, 'summarize' | 'synthesize'>

/** METHOD "What must never happen", 4: a weak label holding a word or snippet that is not in the entries. */
export function checkLabels(row: Row, config: Methods): Verdict {
  switch (row.kind) {
    case 'generations':
      return { checked: 1, reasons: row.method.split('+').includes('label') ? ['its method is label'] : [] }
    case 'generation':
      return checkParts(row, config)
    case 'summary':
      return join(checkSnippets(row), allowedSource('summarySource', row.summarySource, config.summarize))
    case 'synthesis':
      return join(checkWords(row), allowedSource('keyElementsSource', row.keyElementsSource, config.synthesize))
    case 'author-distinction':
      return { checked: 0, reasons: [] }
  }
}

function checkParts(row: RowOf<'generation'>, { summarize, synthesize }: Methods): Verdict {
  return join(
    allowedSource('summarySource', row.summarySource, summarize),
    allowedSource('keyElementsSource', row.keyElementsSource, synthesize),
    isLabel(row.summarySource) ? foreignWords('summary', words(row.summary), row) : nothing,
    isLabel(row.keyElementsSource) ? foreignWords('keyElements', row.keyElements, row) : nothing,
  )
}

const nothing: Verdict = { checked: 0, reasons: [] }

function join(...verdicts: Verdict[]): Verdict {
  return {
    checked: verdicts.reduce((sum, { checked }) => sum + checked, 0),
    reasons: verdicts.flatMap(({ reasons }) => reasons),
  }
}

/** The method, with the model after a colon where one made it. */
function isLabel(source: string): boolean {
  return source.split(':', 1)[0] === 'label'
}

function allowedSource(name: string, source: string, { method }: { method: string }): Verdict {
  const isForbidden = isLabel(source) && method !== 'label'
  return { checked: 1, reasons: isForbidden ? [`its ${name} is label, which run.json did not ask for`] : [] }
}

function foreignWords(name: string, found: readonly string[], row: RetrievedRow): Verdict {
  const known = entryWords(row)
  const foreign = found.filter((word) => !known.has(word)).length
  const reasons = foreign === 0 ? [] : [`its ${name} is a label with ${foreign} words that are not in the entries`]
  return { checked: found.length, reasons }
}

function entryWords({ entries }: RetrievedRow): Set<string> {
  return new Set(entries.flatMap(({ text }) => words(text)))
}

function checkSnippets({ entries, snippets, chosen, completion }: RowOf<'summary'>): Verdict {
  const reasons: string[] = []
  const used = new Set<string>()
  const texts = chosen.map((index, place) => {
    const { entry, start, end } = snippets[index] ?? { entry: -1, start: 0, end: 0 }
    const text = entries[entry]?.text ?? ''
    const key = `${entry} ${start} ${end}`
    if (start >= end || end > text.length) reasons.push(`chosen[${place}] is no snippet of the entries`)
    else if (used.has(key)) reasons.push(`chosen[${place}] is chosen twice`)
    used.add(key)
    return text.slice(start, end).trim()
  })
  if (completion !== texts.join(' ')) reasons.push('its completion is not the chosen snippets')
  return { checked: chosen.length, reasons }
}

function checkWords(row: RowOf<'synthesis'>): Verdict {
  const { chosen, completion } = row
  const known = entryWords(row)
  const reasons = chosen.flatMap((word, place) => {
    if (!known.has(word)) return [`chosen[${place}] is no word of the entries`]
    if (isStopWord(word)) return [`chosen[${place}] is a stop word`]
    return chosen.indexOf(word) < place ? [`chosen[${place}] is chosen twice`] : []
  })
  if (completion !== `Keywords: ${chosen.join(', ')}`) reasons.push('its completion is not the chosen words')
  return { checked: chosen.length, reasons }
}
