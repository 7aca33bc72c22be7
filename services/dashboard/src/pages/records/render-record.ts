import type { Config } from '@idiolect/contracts/config'

import { count } from '../figures.ts'
import { type Html, html } from '../html.ts'
import { longText } from '../long-text.ts'
import { sharedWords, tellingWords } from './mark-words.ts'
import { type RecordRow, recordRow } from './record-row.ts'
import { describeScore, whyRanked } from './why-ranked.ts'

const shownEntries = 20
const shownShared = 12
const idChars = 120

type Around = { config: Config; index: number }

/** A row of any table: what the text was made from, in the order in which the pipeline made it, and what came of it. */
export function renderRecord(row: Record<string, unknown>, around: Around): Html {
  const record = recordRow(row)
  if (record === null) {
    return html`<article class="card record"><h2>A row of another version</h2>${longText(JSON.stringify(row, null, 2))}</article>`
  }
  const { id, userId, docId, timestamp, prompt } = record
  return html`<article class="card record" aria-labelledby="record-${around.index}">
<h2 id="record-${around.index}" dir="auto">${cut(userId)}</h2>
<p class="about"><bdi>${cut(docId ?? id)}</bdi>${timestamp === undefined ? null : html`<time datetime="${timestamp}">${timestamp.slice(0, 16).replace('T', ' ')}</time>`}${record.method === undefined ? null : html`<span>${record.method}</span>`}${renderMaking(record)}</p>
${part('Start', record.context, (text) => html`<p class="text" dir="auto">${text}</p>`)}
${renderEntries(record, around.config)}
${renderLabel(record)}
${part(source('Summary', record.summarySource), record.summary, (text) => longText(text))}
${renderWords(record)}
${renderTexts(record)}
${prompt === undefined ? null : html`<details><summary>The exact prompt <small>${count(prompt.length)} characters</small></summary>${longText(prompt)}</details>`}
</article>`
}

function part(title: string, text: string | undefined, render: (text: string) => Html): Html | null {
  return text === undefined || text === '' ? null : html`<section><h3>${title}</h3>${render(text)}</section>`
}

function source(title: string, method: string | undefined): string {
  return method === undefined ? title : `${title} (${method})`
}

function renderMaking({ model, usage, finishReason }: RecordRow): Html {
  const tokens =
    usage === undefined
      ? null
      : html`<span>${count(usage.promptTokens)} tokens read, ${count(usage.completionTokens)} written</span>`
  const ending = finishReason === undefined ? null : html`<span>ended by ${finishReason}</span>`
  return html`${model === undefined ? null : html`<span>${model}</span>`}${tokens}${ending}`
}

function renderEntries({ entries, method, context = '' }: RecordRow, config: Config): Html | null {
  if (entries === undefined) return null
  if (entries.length === 0) return html`<section><h3>Entries</h3><p>None: no past text is used.</p></section>`
  const { strategy, reason } = whyRanked(config, method)
  const wanted = tellingWords([context])
  const items = entries.slice(0, shownEntries).map(({ docId, snippet, score, text }) => {
    const shared = sharedWords(text, wanted)
    const named = shared.slice(0, shownShared).join(', ') + (shared.length > shownShared ? ' …' : '')
    return html`<li><p class="entry"><strong>${describeScore(strategy, score)}</strong> <bdi>${cut(docId)}</bdi><span>${snippet === undefined ? null : `, snippet ${snippet + 1}`}</span> <small>${shared.length === 0 ? 'shares no telling word with the start' : `shares ${named}`}</small></p>
<details><summary>${text.slice(0, 160).replace(/\s+/g, ' ')}${text.length > 160 ? '…' : ''}</summary>${longText(text, wanted)}</details></li>`
  })
  return html`<section><h3>Entries, and why they rank</h3>
<p class="why"><strong>${strategy}</strong> ${reason}</p>
<ol class="entries">${items}</ol>
${entries.length > shownEntries ? html`<p class="footnote">and ${count(entries.length - shownEntries)} more</p>` : null}</section>`
}

/** What a stage's own model is to learn from this record. */
function renderLabel({ chosen, snippets, entries = [], completion }: RecordRow): Html | null {
  if (chosen === undefined || completion === undefined) return null
  const items = chosen.map((each) => {
    if (typeof each === 'string') return html`<li>${each}</li>`
    const place = snippets?.[each]
    if (place === undefined) return html`<li>snippet ${each + 1}</li>`
    return html`<li><small>${place.contextSimilarity.toFixed(3)} to the start, entry ${place.entry + 1}</small><p class="text" dir="auto">${entries[place.entry]?.text.slice(place.start, place.end) ?? ''}</p></li>`
  })
  return html`<section><h3>Weak label</h3><ol class="label">${items}</ol></section>`
}

function renderWords({ keyElements, keyElementsSource }: RecordRow): Html | null {
  if (keyElements === undefined || keyElements.length === 0) return null
  return html`<section><h3>${source('Important words', keyElementsSource)}</h3><p class="words">${keyElements.map((word) => html`<bdi>${word}</bdi> `)}</p></section>`
}

/** The output beside the true text; of a training set, what is to be learned. */
function renderTexts({
  output,
  reference,
  completion,
  context = '',
  keyElements = [],
  otherUserId,
  otherDocId,
  chosen,
}: RecordRow): Html {
  const wanted = tellingWords(keyElements)
  const column = (title: string, text: string) =>
    html`<section><h3>${title}</h3>${text === '' ? html`<p class="footnote">empty</p>` : longText(text, wanted, context)}</section>`
  const other =
    otherUserId === undefined
      ? null
      : html`<p class="footnote">The other passage is ${cut(otherDocId ?? '')} by ${cut(otherUserId)}.</p>`
  const columns = [
    ...(output === undefined ? [] : [column('Output', output)]),
    ...(reference === undefined ? [] : [column('True text', reference)]),
    ...(completion === undefined || chosen !== undefined ? [] : [column('Completion', completion)]),
  ]
  if (columns.length === 0) return html`${other}`
  return html`${other}<div class="beside">${columns}</div>${renderLegend(keyElements, context)}`
}

function renderLegend(keyElements: string[], context: string): Html {
  const given = context === '' ? null : html`<span class="given">the given start</span> `
  const marked = keyElements.length === 0 ? null : html`<mark>important words</mark>`
  return html`<p class="footnote">${given}${marked}</p>`
}

function cut(text: string): string {
  return text.length > idChars ? `${text.slice(0, idChars - 1)}…` : text
}
