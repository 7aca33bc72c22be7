import type { FeedState } from '../../feed/run-feed.ts'
import type { RunView } from '../../feed/run-view.ts'
import { dateTime, percent } from '../figures.ts'
import { type Html, html } from '../html.ts'
import { renderActions } from '../render-actions.ts'
import { renderSilence } from '../render-silence.ts'
import { isLive, runAddress, statusName } from '../run-status.ts'
import { overallBar } from '../status-bar.ts'
import { renderCost } from './render-cost.ts'
import { renderPipeline } from './render-pipeline.ts'
import { renderFigures } from './render-runs.ts'
import { renderWorkers } from './render-workers.ts'
import { stageFigures } from './stage-figures.ts'

export function runTitle(run: RunView): string {
  return isLive(run) ? `${percent(run.committed, run.targets)} · ${run.id}` : `${run.id} · Idiolect`
}

/**
 * What of a run's page changes while it lasts. Everybody who looks gets the same, so its forms go without the visitor's own token,
 * which page.js puts in, unless `csrf` has it; `readOnly` leaves them out.
 */
export function renderRun(
  run: RunView,
  state: FeedState,
  { csrf = '', readOnly = false, charts = true }: { csrf?: string; readOnly?: boolean; charts?: boolean } = {},
): Html {
  const live = isLive(run)
  const figures = stageFigures(run, state.workforce)
  const address = runAddress(run.id)
  return html`${renderSilence(state)}<div class="run" id="overview" data-status="${run.paused ? 'paused' : run.status}">
<header>
<h1>${run.id}</h1>
<p class="status"><strong>${statusName(run)}</strong>${live ? ' since' : ', begun'} <time datetime="${run.createdAt}">${dateTime(Date.parse(run.createdAt))}</time></p>
<p class="about"><span>${run.task}</span><span>${run.method}</span><span>${run.model}</span><span>${run.out}</span></p>
</header>
<div class="overall"><p class="percent">${percent(run.committed, run.targets)}</p>${overallBar(run)}</div>
${renderFigures(run)}
<div class="actions" id="actions"><a class="button" href="${address}/records">Records</a><a class="button" href="${address}/failures">Failures</a>${readOnly ? null : renderActions(run, csrf)}</div>
</div>
${renderPipeline(run, figures)}
${charts ? chartsSection : null}
${renderCost(run)}
${renderWorkers(state.workforce.workers, state.atMs)}`
}

// charts.js draws into it.
const chartsSection = html`<section id="charts" data-keep aria-labelledby="charts-title">
<h2 id="charts-title">Last hour</h2>
<p class="footnote">Of all runs together.</p>
<p id="no-plots">Curves of what the workers do appear here; they need a script.</p>
<div class="charts" id="plots"></div>
</section>`
