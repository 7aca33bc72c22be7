import { html } from './html.ts'
import type { PageFile } from './page-files.ts'
import { documentTitle, renderRuns } from './render-runs.ts'
import type { FeedState } from './run-feed.ts'

/** The whole page as of `state`: complete without scripts, kept up to date by page.js. */
export function renderPage(state: FeedState, files: Record<PageFile, string>): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${documentTitle(state)}</title>
<link rel="icon" type="image/svg+xml" href="${files['icon.svg']}">
<link rel="stylesheet" href="${files['page.css']}">
<script type="module" src="${files['page.js']}"></script>
</head>
<body>
<a class="skip" href="#runs">Skip to the runs</a>
<header class="top">
<p class="brand">Idiolect</p>
<nav aria-label="Pages"><a href="/" aria-current="page">Runs</a><a href="/queues/">Queues</a></nav>
<p class="link" id="link" role="status">reload to update</p>
</header>
<main id="runs" tabindex="-1">${renderRuns(state)}</main>
</body>
</html>
`.markup
}
