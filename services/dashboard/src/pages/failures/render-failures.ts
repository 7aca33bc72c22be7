import type { FailureGroup, FailureGroups } from '@idiolect/output/group-failures'
import type { FailurePage } from '@idiolect/output/read-failures'
import type { Run } from '@idiolect/runtime/run-store'
import { count } from '../figures.ts'
import { type Html, html } from '../html.ts'
import { csrfField } from '../render-actions.ts'
import { isLive, runAddress } from '../run-status.ts'
import { failureMeaning } from './failure-meaning.ts'

/** Which failures a page is about. */
export type FailedGroup = { code: string; stage?: string; message?: string }

type Around = { run: Run; csrf: string | null }

// A run in which everything fails in a way of its own has as many groups as records.
const shownGroups = 100

/** The groups, largest first; `csrf` is null where nothing can be tried again. */
export function renderFailureGroups({ groups, others, total }: FailureGroups, around: Around): Html {
  const { run, csrf } = around
  if (total === 0) return html`<p>Nothing has failed${isLive(run) ? ' so far' : null}.</p>`
  const unshown = groups.slice(shownGroups).reduce((sum, { count: size }) => sum + size, others)
  const why = isLive(run)
    ? html`<p class="footnote">What failed can be tried again once the run has ended.</p>`
    : html`<p class="footnote">What failed in the same batch as a chosen record is tried again with it.</p>`
  return html`<p class="lead">${count(total)} records in ${count(groups.length)} ${groups.length === 1 ? 'group' : 'groups'}.</p>
${why}${renderRetry({ run, csrf }, {}, `Retry all ${count(total)}`)}
${groups.slice(0, shownGroups).map((group, index) => renderGroup(group, { ...around, index }))}
${unshown > 0 ? html`<p class="footnote">${count(unshown)} records are in smaller groups that are not shown.</p>` : null}`
}

function renderGroup(group: FailureGroup, { run, csrf, index }: Around & { index: number }): Html {
  const { stage, code, message, count: size, examples } = group
  const meaning = failureMeaning(code)
  return html`<section class="card group" aria-labelledby="group-${index}">
<h2 id="group-${index}">${count(size)} × <code>${code}</code> <small>in ${stage}</small></h2>
<p class="message">${message}</p>
${meaning === null ? null : html`<p class="meaning">${meaning}</p>`}
<p class="examples"><small>Such as</small> ${examples.map((id) => html`<code>${shortened(id)}</code> `)}</p>
<div class="actions"><a class="button" href="${groupAddress(run.id, { stage, code, message })}">Show ${size === 1 ? 'it' : 'them'}</a>${renderRetry({ run, csrf }, { stage, code, message }, `Retry ${size === 1 ? 'it' : 'these'}`)}</div>
</section>`
}

/** The records of a group, a page of them. */
export function renderFailures(
  { failures, next }: FailurePage,
  { run, csrf, group }: Around & { group: FailedGroup },
): Html {
  const meaning = failureMeaning(group.code)
  const head = html`<p class="crumbs"><a href="${runAddress(run.id)}/failures">All groups</a></p>
<h2><code>${group.code}</code>${group.stage === undefined ? null : html` <small>in ${group.stage}</small>`}</h2>
${meaning === null ? null : html`<p class="meaning">${meaning}</p>`}`
  const more =
    next === null
      ? null
      : html`<p><a class="button" href="${groupAddress(run.id, { ...group, at: next })}" rel="next">More</a></p>`
  // A page that has looked through much and found nothing has a next one all the same.
  const none =
    next === null ? html`<p>There is none here.</p>` : html`<p>None so far; there is more to look through.</p>`
  if (failures.length === 0) return html`${head}${none}${more}`
  return html`${head}${renderRetry({ run, csrf }, group, 'Retry the whole group')}${renderTable(failures, { run, csrf })}${more}`
}

function renderTable(failures: FailurePage['failures'], { run, csrf }: Around): Html {
  const rows = failures.map(({ id, message, attempts }) => {
    const label = { shown: 'Retry', said: `Retry ${shortened(id)}` }
    const again = csrf === null ? null : html`<td>${renderRetry({ run, csrf }, { id }, label)}</td>`
    return html`<tr><th scope="row"><code>${shortened(id)}</code></th><td class="message">${message}</td><td class="number">${count(attempts)}</td>${again}</tr>`
  })
  return html`<div class="card"><div class="scroll" role="region" aria-labelledby="failures-title" tabindex="0"><table>
<caption id="failures-title">Records</caption>
<thead><tr><th scope="col">Record</th><th scope="col">Message</th><th scope="col" class="number">Attempts</th>${csrf === null ? null : html`<th scope="col">Again</th>`}</tr></thead>
<tbody>${rows}</tbody>
</table></div></div>`
}

function groupAddress(id: string, query: Record<string, string | undefined>): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return `${runAddress(id)}/failures?${new URLSearchParams(given)}`
}

type Label = { shown: string; said?: string }

function renderRetry(
  { run, csrf }: Around,
  selection: Record<string, string | undefined>,
  label: string | Label,
): Html | null {
  if (csrf === null) return null
  const { shown, said }: Label = typeof label === 'string' ? { shown: label } : label
  const fields = Object.entries(selection)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => html`<input type="hidden" name="${name}" value="${value ?? null}">`)
  return html`<form method="post" action="${runAddress(run.id)}/retry">${csrfField(csrf)}${fields}<button type="submit"${said === undefined ? null : html` aria-label="${said}"`}>${shown}</button></form>`
}

/** Ids are of any length. */
function shortened(id: string): string {
  return id.length > 80 ? `${id.slice(0, 79)}…` : id
}
