import type { Method } from '@idiolect/contracts/method-names'

import type { ComparedRow } from './compared-row.ts'
import { continuation } from './continuation.ts'
import { type Html, html } from './html.ts'
import type { ShownTarget } from './shown-targets.ts'

/** Of one text: ROUGE-L of the continuation 0 … 1, and the author AUC. */
export type TargetScores = { rougeL: number | null; auc: number | null }

/** A text of a book's length would be most of the page. */
const maxShownChars = 4000
const previewChars = 90

/** A target's texts side by side, the true one first. */
export function renderTarget(
  { targetId, rows }: ShownTarget,
  options: {
    scoresOf: (targetId: string, method: Method) => TargetScores
    seesEntries: (method: Method) => boolean
    open: boolean
  },
): Html {
  const { userId, timestamp, context, reference } = rows[0]!
  const date = timestamp.slice(0, 10)
  const summary = html`<summary><b>${userId}</b> <time datetime="${timestamp}">${date}</time> <span class="preview">${context.slice(0, previewChars)}</span></summary>`
  const body = html`<div class="given"><h4>Given start</h4>${passage(context)}</div>
<div class="beside">
<article class="truth"><h4>True text</h4>${reference === undefined ? html`<p class="quiet">unknown</p>` : passage(continuation(reference, context))}</article>
<div class="outputs">${rows.map((row) =>
    renderOutput(
      options.seesEntries(row.method) ? row : { ...row, entries: [] },
      options.scoresOf(targetId, row.method),
    ),
  )}</div>
</div>`
  return options.open
    ? html`<details class="card target" open>${summary}${body}</details>`
    : html`<details class="card target">${summary}${body}</details>`
}

function renderOutput(row: ComparedRow, { rougeL, auc }: TargetScores): Html {
  const scores = [
    rougeL === null ? null : `ROUGE-L ${(100 * rougeL).toFixed(1)}`,
    auc === null ? null : `author AUC ${auc.toFixed(2)}`,
  ].filter((score) => score !== null)
  return html`<article>
<header><h4>${row.method}</h4><p class="quiet">${scores.join(' · ')}</p></header>
${passage(continuation(row.output, row.context))}
${renderParts(row)}
</article>`
}

/** What the method had before it beside the start. The score of `RecentDoc` is the time. */
function renderParts({ method, summary, keyElements, entries }: ComparedRow): Html | null {
  if (summary === '' && keyElements.length === 0 && entries.length === 0) return null
  const named = [
    summary === '' ? null : 'summary',
    keyElements.length === 0 ? null : `${keyElements.length} important words`,
    entries.length === 0 ? null : `${entries.length} past ${entries.length === 1 ? 'passage' : 'passages'}`,
  ].filter((part) => part !== null)
  return html`<details class="parts"><summary>${named.join(', ')}</summary>
${summary === '' ? null : html`<h5>Summary</h5>${passage(summary)}`}
${keyElements.length === 0 ? null : html`<h5>Important words</h5>${passage(keyElements.join(', '))}`}
${entries.map(({ docId, score, text }) => html`<h5>${docId} <small>${method === 'RecentDoc' ? null : score.toFixed(3)}</small></h5>${passage(text)}`)}
</details>`
}

/** A text as it was written: its lines, and the direction of its own script. */
function passage(text: string): Html {
  const shown = text.trim()
  if (shown === '') return html`<p class="quiet">nothing</p>`
  const rest = shown.length - maxShownChars
  return rest <= 0
    ? html`<p class="passage" dir="auto">${shown}</p>`
    : html`<p class="passage" dir="auto">${shown.slice(0, maxShownChars)} <span class="quiet">… and ${rest} more characters</span></p>`
}
