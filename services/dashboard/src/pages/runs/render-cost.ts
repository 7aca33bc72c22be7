import type { RunView } from '../../feed/run-view.ts'
import { compactCount, count, duration, shortTime } from '../figures.ts'
import { type Html, html } from '../html.ts'

/** What the run has cost so far: time of workers by stage, and tokens. */
export function renderCost(run: RunView): Html {
  const totalMs = run.stages.reduce((sum, { busyMs }) => sum + busyMs, 0)
  const rows = run.stages.map(({ stage, records, batches, busyMs }) => {
    const each = records === 0 ? null : busyMs / 1000 / records
    return html`<tr><th scope="row">${stage}</th><td class="number">${count(records)}</td><td class="number">${count(batches)}</td><td class="number">${shortTime(busyMs === 0 ? null : busyMs / 1000)}</td><td class="number">${shortTime(each)}</td><td class="number">${totalMs === 0 ? '–' : `${Math.round((busyMs / totalMs) * 100)} %`}</td></tr>`
  })
  return html`<section class="card" id="cost"><div class="scroll" role="region" aria-labelledby="cost-title" tabindex="0"><table>
<caption id="cost-title">What it has cost <small>${compactCount(run.promptTokens)} tokens read, ${compactCount(run.completionTokens)} written, ${duration(totalMs / 1000)} of batches in work</small></caption>
<thead><tr><th scope="col">Stage</th><th scope="col" class="number">Records</th><th scope="col" class="number">Batches</th><th scope="col" class="number">Time in work</th><th scope="col" class="number">A record</th><th scope="col" class="number">Share</th></tr></thead>
<tbody>${rows}</tbody>
</table></div></section>`
}
