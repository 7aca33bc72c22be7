import { type Html, html } from '../pages/html.ts'
import { renderDocument } from '../pages/render-page.ts'

/** The page that asks for the token. `next`: where it leads to. */
export function renderLogin({
  csrf,
  next,
  problem = null,
}: {
  csrf: string
  next: string
  problem?: string | null
}): string {
  const notice = problem === null ? null : html`<p class="notice" role="alert">${problem}</p>`
  return renderAlone(
    'Log in',
    html`<h1>Log in</h1>
${notice}
<form method="post" action="/login">
<input type="hidden" name="csrf" value="${csrf}">
<input type="hidden" name="next" value="${next}">
<p><label for="token">Access token</label> <input id="token" name="token" type="password" autocomplete="current-password" required autofocus></p>
<p><button type="submit">Log in</button></p>
</form>`,
  )
}

/** The page that says why something could not be done. `back`: where one came from. */
export function renderRefusal({ detail, back }: { detail: string; back: string }): string {
  return renderAlone(
    'Not done',
    html`<h1>Not done</h1>
<p class="notice" role="alert">${detail}</p>
<p><a href="${back}">Back</a></p>`,
  )
}

function renderAlone(title: string, main: Html): string {
  return renderDocument({
    title: `${title} · Idiolect`,
    icon: '/pages/icon.svg',
    style: '/pages/page.css',
    body: html`<header class="top"><p class="brand">Idiolect</p></header>
<main tabindex="-1">${main}</main>`,
  })
}
