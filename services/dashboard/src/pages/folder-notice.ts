import { IdiolectError } from '@idiolect/contracts/errors'

import { type Html, html } from './html.ts'

/** What `read` makes of an output folder; a word on why not, where there is nothing to be read from here. */
export async function folderNotice(out: string, read: () => Promise<Html>): Promise<Html> {
  try {
    return await read()
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'input_missing' || code === 'ENOENT' || code === 'EACCES' || code === 'ENOTDIR') {
      return html`<p class="notice bad" role="alert">The folder <code>${out}</code> cannot be read from here, or holds nothing yet. Where the run’s folder is on another machine, start a dashboard there, or mount it at the same place.</p>`
    }
    if (error instanceof IdiolectError) return html`<p class="notice bad" role="alert">${error.message}</p>`
    throw error
  }
}
