import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { stages } from '@idiolect/contracts/stages'
import { makeUpRun, makeUpWorker } from '@idiolect/dashboard/run-for-tests'
import { type Dashboard, startDashboard } from '@idiolect/dashboard/server'
import { openQueues, type Queues } from '@idiolect/runtime/queues'
import { pino } from 'pino'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, inject, test, vi } from 'vitest'

import { prefixed } from '../prefixed.ts'
import { hasBrowser, openBrowser, overflow, visit, watchPage } from './browser.ts'

const require = createRequire(import.meta.url)

// Without a place to break, and then everything that a page could take for markup.
const long = 'x'.repeat(100)
const attack =
  '</textarea></pre></details><script>alert(1)</script><img src=x onerror="alert(2)"><svg onload=alert(3)>"\'><a href="javascript:alert(4)">x</a>'
const texts = {
  user: `user${long}${attack}`,
  doc: `doc${long}${attack}`,
  text: `text${long}${attack}`,
  words: ['script', attack],
  message: `message${long}${attack}`,
}

const pages = ['/', '/runs/live', '/runs/ended', '/runs/ended/failures', '/runs/ended/records']

let dir: string
let queues: Queues
let dashboard: Dashboard
let browser: Browser
let page: Page

beforeAll(async () => {
  if (!hasBrowser) return
  dir = await mkdtemp(join(tmpdir(), 'idiolect-browser-'))
  queues = await openQueues(prefixed(inject('redisUrl')))
  await makeUpRun(queues, { id: 'ended', out: join(dir, 'ended'), texts })
  await makeUpRun(queues, { id: 'live', out: join(dir, 'live'), finished: false })
  for (const stage of stages) await makeUpWorker(queues, stage, 'a-host-with-a-long-name.in.a.cluster.example')
  dashboard = await startDashboard({ queues, host: '127.0.0.1', port: 0, log: pino({ level: 'silent' }) })
  browser = await openBrowser()
})
afterAll(async () => {
  if (!hasBrowser) return
  await browser.close()
  await dashboard.close()
  await queues.close()
  await rm(dir, { recursive: true, force: true })
})
afterEach(async () => {
  await page?.context().close()
})

async function open(path: string, options: Parameters<Browser['newPage']>[0] = {}): Promise<void> {
  page = await browser.newPage(options)
  await visit(page, dashboard.url + path)
}

describe.skipIf(!hasBrowser)('the pages in a browser', () => {
  test('what people, models and servers have written stays text', async () => {
    page = await browser.newPage()
    const seen = watchPage(page, dashboard.url)
    await visit(page, `${dashboard.url}/runs/ended/records`)
    expect(await page.getByRole('heading', { level: 2 }).first().textContent()).toBe(`${texts.user.slice(0, 119)}…`)
    expect(await page.getByText(texts.text, { exact: true }).count()).toBeGreaterThan(0)
    await page.locator('summary').evaluateAll((all) => {
      for (const summary of all) (summary as { click(): void }).click()
    })
    expect(await page.getByText(`Finish this: ${texts.text}`).first().isVisible()).toBe(true)

    await visit(page, `${dashboard.url}/runs/ended/failures`)
    expect(await page.getByText(texts.message, { exact: true }).isVisible()).toBe(true)
    await page.getByRole('link', { name: 'Show them' }).click()
    await page.waitForURL(/code=/)
    expect(await page.getByText(texts.message, { exact: true }).count()).toBe(2)

    const workerHost = `host ${attack}`
    await visit(page, `${dashboard.url}/runs/live`)
    await page.locator('#link[data-state=live]').waitFor()
    await makeUpWorker(queues, 'collect', workerHost)
    await page.getByText(`${workerHost}, 1`).waitFor()
    await queues.workforce.remove([`${workerHost}-collect`])
    await page.getByText(`${workerHost}, 1`).waitFor({ state: 'detached' })

    await visit(
      page,
      `${dashboard.url}/runs/ended/records?${new URLSearchParams({ user: `nobody ${attack}`, set: attack })}`,
    )
    expect(await page.getByText(`nobody ${attack}`).isVisible()).toBe(true)
    expect(seen).toEqual([])
    expect(await page.locator('main script, main img, main svg[onload]').count()).toBe(0)
  })

  test('nothing is wider than a telephone', async () => {
    page = await browser.newPage({ viewport: { width: 360, height: 740 } })
    for (const path of pages) {
      await visit(page, dashboard.url + path)
      expect(await overflow(page), path).toBe(0)
    }
    // With the curves drawn, too.
    await visit(page, `${dashboard.url}/runs/live`)
    await page.locator('#plots canvas').nth(2).waitFor()
    expect(await overflow(page)).toBe(0)
  })

  test('the keyboard reaches the content, the actions and what scrolls, and shows where it is', async () => {
    await open('/runs/live')
    const focused = () => page.evaluate('document.activeElement.textContent.trim()')
    await page.keyboard.press('Tab')
    expect(await focused()).toBe('Skip to the content')
    expect(await page.locator('.skip').evaluate((link) => link.getBoundingClientRect().width)).toBeGreaterThan(50)
    await page.keyboard.press('Enter')
    const reached: unknown[] = []
    for (let times = 0; times < 4; times++) {
      await page.keyboard.press('Tab')
      reached.push(await focused())
      expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid')
    }
    expect(reached).toEqual(['Records', 'Failures', 'Pause', 'Cancel …'])
    const confirm = page.getByRole('button', { name: 'Cancel this run' })
    expect(await confirm.isVisible()).toBe(false)
    await page.keyboard.press('Enter')
    await confirm.waitFor()
    await page.keyboard.press('Tab')
    expect(await focused()).toBe('Cancel this run')
  })

  test('what is open and what has the focus stays so while the page is kept up to date', async () => {
    await open('/runs/live')
    await page.locator('#link[data-state=live]').waitFor()
    await page.getByText('Cancel …').click()
    await page.getByRole('button', { name: 'Cancel this run' }).focus()
    await queues.store.advance('live', {
      stage: 'embed',
      first: 9,
      records: 0,
      failed: 0,
      busyMs: 1,
      promptTokens: 5_000_000,
      completionTokens: 0,
    })
    await page.getByText('5M tokens read').waitFor()
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Cancel this run')
    expect(await page.locator('#confirm-cancel').getAttribute('open')).not.toBeNull()
    expect((await page.locator('#confirm-cancel input[name=csrf]').inputValue()).length).toBeGreaterThan(20)
  })

  test('the colours follow the scheme of the system, the curves too', async () => {
    await open('/runs/live', { colorScheme: 'light' })
    await page.locator('#plots .u-marker').nth(1).waitFor()
    const look = async () => [
      await page.evaluate('getComputedStyle(document.body).backgroundColor'),
      await page.evaluate("getComputedStyle(document.querySelectorAll('#plots .u-marker')[1]).borderColor"),
    ]
    const light = await look()
    await page.emulateMedia({ colorScheme: 'dark' })
    // The curves are drawn anew a little after the page has changed.
    await vi.waitFor(async () => {
      const dark = await look()
      expect(dark[0]).not.toBe(light[0])
      expect(dark[1]).not.toBe(light[1])
    })
  })

  test('every page is complete without scripts', async () => {
    await open('/runs/live', { javaScriptEnabled: false })
    await page.getByText('Cancel …').click()
    await page.getByRole('button', { name: 'Cancel this run' }).waitFor()
    await page.getByRole('button', { name: 'Pause' }).click()
    await page.getByText('The run waits').waitFor()
    await page.getByRole('button', { name: 'Resume' }).click()
    await page.getByText('The run goes on').waitFor()
  })

  test('axe finds nothing serious on any page, in either scheme', async () => {
    // Only here may a script come from the test: the policy of the pages would stop it.
    page = await browser.newPage({ bypassCSP: true })
    for (const path of pages) {
      await page.emulateMedia({ colorScheme: 'light' })
      await visit(page, dashboard.url + path)
      await page.addScriptTag({ path: require.resolve('axe-core/axe.min.js') })
      expect(await seriousViolations('axe.run()'), path).toEqual([])
      await page.emulateMedia({ colorScheme: 'dark' })
      expect(await seriousViolations("axe.run({ runOnly: ['color-contrast'] })"), `${path}, dark`).toEqual([])
    }
  })

  async function seriousViolations(run: string): Promise<string[]> {
    const { violations } = (await page.evaluate(run)) as { violations: Violation[] }
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)
  }
})

type Violation = { id: string; impact: string; nodes: { html: string }[] }
