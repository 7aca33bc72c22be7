import { type Html, html } from './html.ts'
import type { PageFile } from './page-files.ts'

export type PageFiles = Record<PageFile, string>

export type Page = {
  title: string
  files: PageFiles
  /** Beside page.css. */
  styles?: readonly PageFile[]
  /** Whether the page has charts. */
  charts?: boolean
  /** The address whose events keep `main` up to date; null for a page that stays as it is. */
  live: string | null
  /** After how long the browser asks for the page again; null where it does not. */
  refreshSeconds?: number | null
  /** What the forms of the page are sent with. */
  csrf: string
  /** Whether the visitor has logged in. */
  logout: boolean
  notice?: Html | null
  main: Html
  /** Under `main`; stays as it is. */
  after?: Html | null
}

/** A whole page: complete without scripts, kept up to date by page.js. */
export function renderPage(page: Page): string {
  const {
    title,
    files,
    styles = [],
    charts = false,
    live,
    csrf,
    logout,
    notice = null,
    main,
    after = null,
    refreshSeconds = null,
  } = page
  const link = live === null ? null : html`<p class="link" id="link" role="status">reload to update</p>`
  const head = html`<meta name="csrf" content="${csrf}">
${refreshSeconds === null ? null : html`<meta http-equiv="refresh" content="${refreshSeconds}">`}
${styles.map((name) => html`<link rel="stylesheet" href="${files[name]}">`)}
${charts ? html`<link rel="stylesheet" href="${files['uplot.css']}"><script defer src="${files['uplot.js']}"></script><script type="module" src="${files['charts.js']}"></script>` : null}
<script type="module" src="${files['page.js']}"></script>`
  const body = html`<a class="skip" href="#main">Skip to the content</a>
<header class="top">
<p class="brand">Idiolect</p>
<nav aria-label="Pages"><a href="/"${live === '/' ? html` aria-current="page"` : null}>Runs</a><a href="/queues/">Queues</a></nav>
${link}
${logout ? html`<form class="logout" method="post" action="/logout"><input type="hidden" name="csrf" value="${csrf}"><button type="submit">Log out</button></form>` : null}
</header>
${notice}
<main id="main" tabindex="-1">${live === null ? main : html`<div id="live" data-live="${live}">${main}</div>`}${after}</main>`
  return renderDocument({ title, icon: files['icon.svg'], style: files['page.css'], head, body })
}

/** What every page is, those too that stand before the way in. */
export function renderDocument({
  title,
  icon,
  style,
  head = null,
  body,
}: {
  title: string
  icon: string
  style: string
  head?: Html | null
  body: Html
}): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" type="image/svg+xml" href="${icon}">
<link rel="stylesheet" href="${style}">
${head}
</head>
<body>
${body}
</body>
</html>
`.markup
}

/** What the page says after an action, by the name that the answer to it has put into the address. */
export function renderNotice(name: unknown): Html | null {
  const text = typeof name === 'string' && Object.hasOwn(notices, name) ? notices[name] : undefined
  return text === undefined ? null : html`<p class="notice" role="status">${text}</p>`
}

const notices: Record<string, string> = {
  paused: 'The run waits; what is in work is still finished.',
  resumed: 'The run goes on.',
  cancelled: 'The run is cancelled. What it had done stays in its folder.',
  retrying: 'What failed is tried again, as a run of its own into the same folder.',
}

export function renderMissing(files: PageFiles, what: string): string {
  const main = html`<h1>Not here</h1><p>${what}</p><p><a href="/">All runs</a></p>`
  return renderPage({ title: 'Not here · Idiolect', files, live: null, csrf: '', logout: false, main })
}
