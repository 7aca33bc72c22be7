import { existsSync } from 'node:fs'

import { type Browser, chromium, type Page } from 'playwright-core'

// Where Debian's package `chromium` puts it, which `npm test` installs where it may.
const executablePath = '/usr/bin/chromium'

export const hasBrowser = existsSync(executablePath)
if (!hasBrowser) console.warn(`Skipped: the pages in a real browser, since there is no ${executablePath}`)

export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath, args: ['--no-sandbox'] })
}

/** Opens a page and waits while it says that it is not ready and asks for itself again. */
export async function visit(page: Page, address: string): Promise<void> {
  await page.goto(address)
  await page.locator('meta[http-equiv=refresh]').waitFor({ state: 'detached' })
}

/** Notes what a sound page never does: a dialog, a request to elsewhere, an error (what its policy forbids is one). */
export function watchPage(page: Page, origin: string): string[] {
  const seen: string[] = []
  page.on('dialog', (dialog) => {
    seen.push(`dialog ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('request', (request) => {
    if (!request.url().startsWith(`${origin}/`)) seen.push(`request ${request.url()}`)
  })
  page.on('console', (message) => {
    if (message.type() === 'error') seen.push(`console ${message.text()}`)
  })
  page.on('pageerror', (error) => seen.push(`error ${error.message}`))
  return seen
}

/** How many pixels the page is wider than the window. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')
}
