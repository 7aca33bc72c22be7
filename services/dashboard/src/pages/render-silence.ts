import type { FeedState } from '../feed/run-feed.ts'
import { dateTime } from './figures.ts'
import { type Html, html } from './html.ts'

/** That what the page shows is not of now; null where it is. */
export function renderSilence({ answering, atMs }: FeedState): Html | null {
  if (answering) return null
  const since = Number.isFinite(atMs) ? html` This is as of ${dateTime(atMs)}.` : null
  return html`<p class="notice bad" role="alert">Redis does not answer.${since}</p>`
}
