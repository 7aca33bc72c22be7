import type { Workforce } from '../../feed/run-view.ts'
import { count, dateTime, duration } from '../figures.ts'
import { type Html, html } from '../html.ts'

type Worker = Workforce['workers'][number]

const shownWorkers = 100
// Far more than any batch takes that is still getting somewhere.
const stuckMs = 600_000

/** The living workers, which serve all runs; those that seem to be stuck first. */
export function renderWorkers(workers: readonly Worker[], nowMs: number): Html {
  const shown = workers.toSorted((a, b) => Number(isStuck(b)) - Number(isStuck(a))).slice(0, shownWorkers)
  const more =
    workers.length > shown.length
      ? html`<p class="footnote">and ${count(workers.length - shown.length)} more</p>`
      : null
  const table = html`<thead><tr><th scope="col">Worker</th><th scope="col">Host, process</th><th scope="col" class="number">In work</th><th scope="col" class="number">Busy</th><th scope="col" class="number">Batches</th><th scope="col" class="number">Records</th><th scope="col" class="number">Retries</th><th scope="col">Since</th></tr></thead>
<tbody>${shown.map((worker) => renderWorker(worker, nowMs))}</tbody>`
  return html`<section class="card" id="workers"><div class="scroll" role="region" aria-labelledby="workers-title" tabindex="0"><table>
<caption id="workers-title">Workers <small>${workers.length === 0 ? 'none is alive' : `${count(workers.length)} alive, for all runs together`}</small></caption>
${workers.length === 0 ? null : table}
</table></div>${more}</section>`
}

function renderWorker(worker: Worker, nowMs: number): Html {
  const stuck = isStuck(worker)
    ? html`<br><small class="bad">no batch ended for ${duration((worker.seenAt - worker.lastProgressAt) / 1000)}</small>`
    : null
  return html`<tr id="worker-${worker.id}"><th scope="row"><span class="dot" data-stage="${worker.stage}"></span>${worker.stage}${stuck}</th><td>${worker.host}, ${worker.pid}</td><td class="number">${worker.active} <small>of ${worker.concurrency}</small></td><td class="number">${Math.round(worker.busyShare * 100)} %</td><td class="number">${count(worker.batches)}</td><td class="number">${count(worker.records)}</td><td class="number${worker.retries > 0 ? ' warn' : ''}">${count(worker.retries)}</td><td>${dateTime(Math.min(worker.startedAt, nowMs))}</td></tr>`
}

function isStuck({ active, seenAt, lastProgressAt }: Worker): boolean {
  return active > 0 && seenAt - lastProgressAt > stuckMs
}
