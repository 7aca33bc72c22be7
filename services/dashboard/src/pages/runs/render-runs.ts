import type { FeedState } from '../../feed/run-feed.ts'
import type { RunView } from '../../feed/run-view.ts'
import { compactCount, count, dateTime, duration, percent, rate } from '../figures.ts'
import { type Html, html } from '../html.ts'
import { renderSilence } from '../render-silence.ts'
import { isLive, runAddress, statusName } from '../run-status.ts'
import { overallBar } from '../status-bar.ts'
import { type StageFigures, stageFigures } from './stage-figures.ts'

/** How far the newest run is, so that a tab in the background tells it too. */
export function documentTitle({ runs }: FeedState): string {
  const live = runs.find(isLive)
  return live === undefined ? 'Idiolect' : `${percent(live.committed, live.targets)} · Idiolect`
}

/** The content of the page: a card a run that is under way, a line for each that has ended; newest first. */
export function renderRuns(state: FeedState): Html {
  const { answering, runs } = state
  const live = runs.filter(isLive)
  const ended = runs.filter((run) => !isLive(run))
  const silence = renderSilence(state)
  if (runs.length === 0) return html`<h1>Runs</h1>${silence}${answering ? emptyState : null}`
  return html`<h1>Runs</h1>${silence}${live.map((run) => renderLiveRun(run, state))}${ended.length === 0 ? null : renderEnded(ended)}`
}

const emptyState = html`<section class="empty">
<h2>No runs yet</h2>
<p>Start one in another terminal and it appears here by itself:</p>
<pre><code>npx idiolect run --input documents.jsonl --out results</code></pre>
<p>Or watch the example, made of public mail:</p>
<pre><code>npm run demo</code></pre>
</section>`

function renderLiveRun(run: RunView, { workforce }: FeedState): Html {
  return html`<article class="card run" id="run-${run.id}" data-status="${run.paused ? 'paused' : run.status}" aria-labelledby="name-${run.id}">
<header>
<h2 id="name-${run.id}"><a href="${runAddress(run.id)}">${run.id}</a></h2>
<p class="status"><strong>${statusName(run)}</strong> since <time datetime="${run.createdAt}">${dateTime(Date.parse(run.createdAt))}</time></p>
<p class="about"><span>${run.task}</span><span>${run.method}</span><span>${run.model}</span><span>${run.out}</span></p>
</header>
<div class="overall"><p class="percent">${percent(run.committed, run.targets)}</p>${overallBar(run)}</div>
${renderFigures(run)}
${renderHold(run, stageFigures(run, workforce))}
</article>`
}

/** What the run waits for, if anything. */
function renderHold({ paused }: RunView, figures: readonly StageFigures[]): Html | null {
  if (paused) return null
  const unmanned = figures.find(({ state }) => state === 'unmanned')
  if (unmanned !== undefined) {
    return html`<p class="hold bad">No worker of ${unmanned.stage} is alive: ${count(unmanned.backlogRecords)} records wait.</p>`
  }
  const slowest = figures.find(({ state }) => state === 'holding')
  if (slowest === undefined) return null
  return html`<p class="hold">${slowest.stage} holds it up: ${count(slowest.backlogRecords)} records, ${duration(slowest.backlogSeconds)} of work, ${count(slowest.workers)} ${slowest.workers === 1 ? 'worker' : 'workers'}.</p>`
}

/** The figures of a run; rate and time left only while there are any. */
export function renderFigures(run: RunView): Html {
  const live = isLive(run)
  return html`<dl class="figures">
<div><dt>Done</dt><dd>${count(run.committed)} <small>of ${count(run.targets)}</small></dd></div>
${live ? html`<div><dt>Rate</dt><dd>${rate(run.recordsPerSecond)}</dd></div>` : null}
${live ? html`<div><dt>Time left</dt><dd>${run.paused ? 'paused' : duration(run.etaSeconds)}</dd></div>` : null}
<div${run.failed > 0 ? html` class="bad"` : null}><dt>Failed</dt><dd>${renderFailed(run)}</dd></div>
<div><dt>Tokens</dt><dd><span>${compactCount(run.promptTokens)} <small>read</small></span> <span>${compactCount(run.completionTokens)} <small>written</small></span></dd></div>
</dl>`
}

function renderFailed({ id, failed }: RunView): Html {
  return failed === 0 ? html`0` : html`<a href="${runAddress(id)}/failures">${count(failed)}</a>`
}

function renderEnded(runs: readonly RunView[]): Html {
  return html`<section class="card" id="ended"><div class="scroll" role="region" aria-labelledby="ended-title" tabindex="0"><table>
<caption id="ended-title">Earlier runs</caption>
<thead><tr><th scope="col">Run</th><th scope="col">Ended as</th><th scope="col" class="number">Done</th><th scope="col" class="number">Failed</th><th scope="col" class="number">Tokens</th><th scope="col">Begun</th></tr></thead>
<tbody>${runs.map(renderEndedRun)}</tbody>
</table></div></section>`
}

function renderEndedRun(run: RunView): Html {
  return html`<tr id="run-${run.id}" data-status="${run.status}">
<th scope="row"><a href="${runAddress(run.id)}">${run.id}</a> <small>${run.task}, ${run.method}</small></th>
<td class="status"><strong>${statusName(run)}</strong></td>
<td class="number">${count(run.committed)}${run.committed < run.targets ? html` <small>of ${count(run.targets)}</small>` : null}</td>
<td class="number${run.failed > 0 ? ' bad' : ''}">${renderFailed(run)}</td>
<td class="number">${compactCount(run.promptTokens + run.completionTokens)}</td>
<td><time datetime="${run.createdAt}">${dateTime(Date.parse(run.createdAt))}</time></td>
</tr>`
}
