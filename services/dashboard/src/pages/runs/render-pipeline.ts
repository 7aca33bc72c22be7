import type { RunView } from '../../feed/run-view.ts'
import { count, duration, percent, rate, shortTime } from '../figures.ts'
import { type Html, html } from '../html.ts'
import { share, statusBar } from '../status-bar.ts'
import type { StageFigures, StageState } from './stage-figures.ts'

const stateNames: Record<StageState, string> = {
  unmanned: 'no worker',
  holding: 'holds the run up',
  working: 'working',
  waiting: 'waiting',
  through: 'through',
  ended: '',
}

const shownHosts = 3

/** The stages as connected boxes, in their order. */
export function renderPipeline(run: RunView, figures: readonly StageFigures[]): Html {
  return html`<section aria-labelledby="pipeline-title">
<h2 id="pipeline-title">Pipeline</h2>
${figures.filter(({ state }) => state === 'unmanned').map(renderUnmanned)}
<ol class="pipeline">${figures.map((_, index) => renderStage(run, figures, index))}</ol>
<p class="footnote">Backlog in records and seconds of work, rate and bars are of this run; batches, workers, retries (last hour) and batch times (last ten minutes) of all runs together.</p>
</section>`
}

function renderUnmanned({ stage, backlogRecords }: StageFigures): Html {
  return html`<p class="notice bad" role="alert"><strong>No worker of ${stage} is alive</strong> and ${count(backlogRecords)} records wait for one. Start one: <code>npx idiolect worker ${stage}</code></p>`
}

function renderStage(run: RunView, figures: readonly StageFigures[], index: number): Html {
  const stage = figures[index]!
  const arrived = figures[index - 1]?.records ?? stage.records + stage.backlogRecords
  const bar = statusBar(
    [
      { kind: 'arrived', share: share(arrived, run.targets) },
      { kind: 'done', share: share(stage.records, run.targets) },
    ],
    `${count(stage.records)} of ${count(run.targets)} done`,
  )
  return html`<li class="stage" id="stage-${stage.stage}" data-state="${stage.state}" data-stage="${stage.stage}">
<h3>${stage.stage}</h3>
<p class="state">${stateNames[stage.state]}</p>
${bar}
<p class="through"><strong>${count(stage.records)}</strong> <small>${percent(stage.records, run.targets)}</small></p>
${renderBacklog(stage)}
<dl>
<div><dt>Rate</dt><dd>${rate(stage.records < run.targets ? stage.recordsPerSecond : null)}</dd></div>
<div><dt>Workers</dt><dd>${count(stage.workers)}${renderHosts(stage)}</dd></div>
<div><dt>Busy</dt><dd>${stage.busyShare === null ? '–' : `${Math.round(stage.busyShare * 100)} %`}</dd></div>
<div><dt>Batch p50</dt><dd>${shortTime(stage.p50Seconds)}</dd></div>
<div><dt>Batch p95</dt><dd>${shortTime(stage.p95Seconds)}</dd></div>
<div${stage.retries > 0 ? html` class="warn"` : null}><dt>Retries</dt><dd>${count(stage.retries)}</dd></div>
</dl>
</li>`
}

/** In seconds of one worker's work first: ten records of one stage may be more than a thousand of another. */
function renderBacklog({ backlogRecords, backlogSeconds, batchesActive, batchesWaiting }: StageFigures): Html {
  if (backlogRecords === 0) return html`<p class="backlog none"><strong>no backlog</strong></p>`
  const work =
    backlogSeconds === null
      ? html`<strong>${count(backlogRecords)}</strong> <small>records</small>`
      : html`<strong>${duration(backlogSeconds)}</strong> <small>of work</small><br><small>${count(backlogRecords)} records</small>`
  return html`<p class="backlog">${work}<br><small>${count(batchesActive)} batches in work,<br>${count(batchesWaiting)} wait</small></p>`
}

function renderHosts({ hosts }: StageFigures): Html | null {
  if (hosts.length === 0) return null
  const shown = hosts.slice(0, shownHosts).map(({ host, workers }) => (workers === 1 ? host : `${host} ×${workers}`))
  const more = hosts.length > shownHosts ? [`${hosts.length - shownHosts} more hosts`] : []
  return html` <small>on ${[...shown, ...more].join(', ')}</small>`
}
