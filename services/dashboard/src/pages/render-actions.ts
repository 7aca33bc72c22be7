import type { RunView } from '../feed/run-view.ts'
import { count } from './figures.ts'
import { type Html, html } from './html.ts'
import { isLive, runAddress } from './run-status.ts'

/** What may be done with a run as it is now; what cannot be taken back asks once more, without a script too. */
export function renderActions(run: RunView, csrf: string): Html | null {
  const address = runAddress(run.id)
  if (!isLive(run)) return run.failed > 0 ? renderRetryAll(run, csrf) : null
  const pause = run.paused ? { to: 'resume', label: 'Resume' } : { to: 'pause', label: 'Pause' }
  return html`<form method="post" action="${address}/${pause.to}">${csrfField(csrf)}<button type="submit">${pause.label}</button></form>
<details class="confirm" id="confirm-cancel"><summary>Cancel …</summary>
<form method="post" action="${address}/cancel">${csrfField(csrf)}<p>Takes the run off the queues for good. What it has done stays in its folder, and its command can go on from there.</p><button type="submit" class="danger">Cancel this run</button></form>
</details>`
}

function renderRetryAll({ id, failed }: RunView, csrf: string): Html {
  return html`<details class="confirm" id="confirm-retry"><summary>Retry what failed …</summary>
<form method="post" action="${runAddress(id)}/retry">${csrfField(csrf)}<p>Does the ${count(failed)} failed records again, as a run of its own into the same folder; what was good stays as it is.</p><button type="submit">Retry ${count(failed)} records</button></form>
</details>`
}

export function csrfField(csrf: string): Html {
  return html`<input type="hidden" name="csrf" value="${csrf}">`
}
