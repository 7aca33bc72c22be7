import { type Html, html } from '../html.ts'
import { runAddress } from '../run-status.ts'

/** Which records of which run are looked at. */
export type Choice = { run: string; tables: readonly string[]; table: string; user: string }

export function renderChoice({ run, tables, table, user }: Choice): Html {
  const options = tables.map(
    (each) => html`<option value="${each}"${each === table ? html` selected` : null}>${each}</option>`,
  )
  const choice =
    tables.length > 1
      ? html`<p><label for="set">Table</label><select id="set" name="set">${options}</select></p>`
      : html`<input type="hidden" name="set" value="${table}">`
  return html`<form class="choice" method="get" action="${runAddress(run)}/records" role="search">
${choice}
<p class="author"><label for="user">Author</label><input id="user" name="user" type="search" value="${user}" autocomplete="off" spellcheck="false" autocapitalize="off"></p>
<p><button type="submit">Show</button> <a class="button quiet" href="${runAddress(run)}/records?${new URLSearchParams({ set: table }).toString()}">From the first</a></p>
</form>`
}

export function renderNext({ run, table }: Choice, next: string | null): Html {
  if (next === null) return html`<p class="footnote">These are the last.</p>`
  const address = `${runAddress(run)}/records?${new URLSearchParams({ set: table, at: next })}`
  return html`<p><a class="button" href="${address}" rel="next">Next records</a></p>`
}
