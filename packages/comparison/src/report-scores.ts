import type { AuthorshipScores, Comparison } from './comparison.ts'
import { type Html, html } from './html.ts'
import { authorshipTexts, type ScoreCell, scoreTable } from './score-table.ts'

/** The tables of the page and what their figures are. */
export function renderScores(comparison: Comparison): Html {
  const { methods, absent, authorship, baseline } = comparison
  const missing = methods.filter((method) => method.missing > 0).map((method) => `${method.method} ${method.missing}`)
  return html`<section>
<h2>The continuation alone</h2>
${renderTable(comparison, 'continuation')}
<h2>The whole text, as in the paper</h2>
${renderTable(comparison, 'whole')}
<div class="notes">
<p><b>*</b> differs from ${baseline} on the same targets: two-sided paired t-test, p &lt; 0.01, not corrected for the number of methods; for BLEU the test is of the texts’ own BLEU. <b>Bold</b>: the highest of a column.</p>
<p>The given start is in both texts, so figures of whole texts move with length alone. Length ratio: words of the outputs over words of the true texts. Repetition: share of word trigrams that a text has said before.</p>
${authorship === null ? null : html`<p>Author AUC: how often a continuation is nearer to its own author’s past than to the past of ${authorship.negatives} other ${authorship.negatives === 1 ? 'author' : 'authors'}, by embedding, the same others for every method. Author score: similarity to the own past less the mean similarity to the others’. ${limit('The true continuations get', authorship.truth)} ${limit('Another author’s true continuation gets', authorship.stranger)}</p>`}
${missing.length === 0 ? null : html`<p>Without a text, and left out of the tests: ${missing.join(', ')}.</p>`}
${absent.length === 0 ? null : html`<p>Without any text: ${absent.join(', ')}.</p>`}
</div>
</section>`
}

function limit(who: string, scores: AuthorshipScores | null): string {
  if (scores === null) return ''
  const { auc, score } = authorshipTexts(scores)
  return `${who} ${auc} and ${score}.`
}

function renderTable(comparison: Comparison, part: 'whole' | 'continuation'): Html {
  const { columns, rows } = scoreTable(comparison, part)
  if (columns.length === 0) return html`<p class="quiet">No row gives a start.</p>`
  const name = part === 'whole' ? 'The whole text' : 'The continuation alone'
  return html`<div class="card scroll" role="region" aria-label="${name}" tabindex="0"><table>
<thead><tr><th scope="col">method</th>${columns.map((column) => html`<th scope="col">${column}</th>`)}</tr></thead>
<tbody>${rows.map(({ method, cells }) =>
    method === comparison.baseline
      ? html`<tr class="baseline"><th scope="row">${method} <small>baseline</small></th>${cells.map(renderCell)}</tr>`
      : html`<tr><th scope="row">${method}</th>${cells.map(renderCell)}</tr>`,
  )}</tbody>
</table></div>`
}

function renderCell({ text, significant, best }: ScoreCell): Html {
  const star = html`<span class="star">${significant ? '*' : ''}</span>`
  return best ? html`<td><b>${text}</b>${star}</td>` : html`<td>${text}${star}</td>`
}
