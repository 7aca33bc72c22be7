import { isUnderWay } from '@idiolect/runtime/run-store'

import { compactCount, count, dateTime, duration, percent, rate } from './figures.ts'
import { type Html, html } from './html.ts'
import type { FeedState } from './run-feed.ts'
import type { RunView } from './run-view.ts'

type StageView = RunView['stages'][number]

const statusNames: Record<RunView['status'], string> = {
  admitting: 'running',
  running: 'running',
  finished: 'finished',
  suspended: 'stopped, can be resumed',
  cancelled: 'cancelled',
}

/** How far the newest run is, so that a tab in the background tells it too. */
export function documentTitle({ runs }: FeedState): string {
  const live = runs.find(isLive)
  return live === undefined ? 'Idiolect' : `${percent(live.committed, live.targets)} · Idiolect`
}

/** The content of the page: a card a run, newest first. */
export function renderRuns({ answering, runs, atMs }: FeedState): Html {
  const notice = answering ? null : renderSilence(atMs)
  if (runs.length === 0) return html`<h1 class="unseen">Runs</h1>${notice}${answering ? emptyState : null}`
  return html`<h1 class="unseen">Runs</h1>${notice}${runs.map(renderRun)}`
}

function renderSilence(atMs: number): Html {
  const since = Number.isFinite(atMs) ? html` This is as of ${new Date(atMs).toLocaleTimeString('en-GB')}.` : null
  return html`<p class="notice" role="alert">Redis does not answer.${since}</p>`
}

const emptyState = html`<section class="empty">
<h2>No runs yet</h2>
<p>Start one in another terminal and it appears here by itself:</p>
<pre><code>npx idiolect run --input documents.jsonl --out results</code></pre>
<p>Or watch the example, made of public mail:</p>
<pre><code>npm run demo</code></pre>
</section>`

const captions = html`<li class="captions"><span class="name">Stage</span><span class="records">Done</span><span class="rate">Rate</span><span class="batches">Batches</span></li>`

function renderRun(run: RunView): Html {
  const live = isLive(run)
  const stages = html`<ol class="stages" aria-label="Stages">${live ? captions : null}${run.stages.map((_, index) => renderStage(run, index))}</ol>`
  const begun = html`<time datetime="${run.createdAt}">${dateTime(Date.parse(run.createdAt))}</time>`
  return html`<article class="run" id="run-${run.id}" data-status="${run.status}" aria-labelledby="name-${run.id}">
<header>
<h2 id="name-${run.id}">${run.id}</h2>
<p class="status"><strong>${statusNames[run.status]}</strong>${live ? ' since' : ', begun'} ${begun}</p>
<p class="about"><span>${run.task}</span><span>${run.method}</span><span>${run.model}</span><span>${run.out}</span></p>
</header>
<div class="overall"><p class="percent">${percent(run.committed, run.targets)}</p>${renderOverallBar(run)}</div>
${renderFigures(run)}
${live ? stages : html`<details><summary>Stages</summary>${stages}</details>`}
</article>`
}

function renderFigures(run: RunView): Html {
  const live = isLive(run)
  return html`<dl class="figures">
<div><dt>Done</dt><dd>${count(run.committed)} <small>of ${count(run.targets)}</small></dd></div>
${live ? html`<div><dt>Rate</dt><dd>${rate(run.recordsPerSecond)}</dd></div>` : null}
${live ? html`<div><dt>Time left</dt><dd>${duration(run.etaSeconds)}</dd></div>` : null}
<div${run.failed > 0 ? html` class="bad"` : null}><dt>Failed</dt><dd>${count(run.failed)}${run.failed > 0 ? html` <small>see failures.jsonl</small>` : null}</dd></div>
<div><dt>Tokens</dt><dd><span>${compactCount(run.promptTokens)} <small>read</small></span> <span>${compactCount(run.completionTokens)} <small>written</small></span></dd></div>
</dl>`
}

function renderOverallBar({ committed, failed, targets }: RunView): Html {
  const failedShare = share(Math.min(failed, committed), targets)
  return html`<svg class="bar" aria-hidden="true" preserveAspectRatio="none"><rect class="done" width="${share(committed, targets)}%" height="100%"/><rect class="failed" x="${share(committed, targets) - failedShare}%" width="${failedShare}%" height="100%"/></svg>`
}

/** A bar with what the stage is through with and, lighter, what has reached it: the stage that holds the run up shows. */
function renderStage(run: RunView, index: number): Html {
  const stage = run.stages[index]!
  const arrived = run.stages[index - 1]?.records ?? stage.records
  const waitHere = arrived > stage.records ? `, ${count(arrived - stage.records)} more have arrived` : ''
  const movement = html`<span class="rate">${stage.records < run.targets ? rate(stage.recordsPerSecond) : ''}</span>
<span class="batches">${describeQueue(stage)}</span>`
  return html`<li>
<span class="name">${stage.stage}</span>
<svg class="bar" role="img" preserveAspectRatio="none"><title>${count(stage.records)} of ${count(run.targets)} done${waitHere}</title><rect class="arrived" width="${share(arrived, run.targets)}%" height="100%"/><rect class="done" width="${share(stage.records, run.targets)}%" height="100%"/></svg>
<span class="records">${count(stage.records)}</span>
${isLive(run) ? movement : null}
</li>`
}

/** Batches on the stage's queue; the queues are shared by all runs. */
function describeQueue({ batchesActive, batchesWaiting }: StageView): string {
  const parts = [
    batchesActive > 0 ? `${count(batchesActive)} running` : null,
    batchesWaiting > 0 ? `${count(batchesWaiting)} waiting` : null,
  ]
  return parts.filter((part) => part !== null).join(', ')
}

function isLive({ status }: RunView): boolean {
  return isUnderWay(status)
}

function share(part: number, total: number): number {
  return total === 0 ? 100 : Math.min(100, Math.round((part / total) * 1000) / 10)
}
