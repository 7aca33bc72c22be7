import { mkdtemp, rm } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { stages } from '@idiolect/contracts/stages'
import { type Dashboard, startDashboard } from '@idiolect/dashboard/server'
import { openQueues, type Queues } from '@idiolect/runtime/queues'
import { redisAddress } from '@idiolect/runtime/redis-address'
import { pino } from 'pino'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest'

import { type ChatServer, respondWithText, startChatServer } from '../chat-server.ts'
import { prefixedUrl } from '../prefixed.ts'
import { type Ended, idiolect } from '../processes.ts'
import { importMail } from '../texts.ts'
import { hasBrowser, openBrowser, visit, watchPage } from './browser.ts'

const targets = 6
const failing = 2
const slow = { timeout: 90_000 }

let dir: string
let queues: Queues
let dashboard: Dashboard
let browser: Browser
let page: Page
let seen: string[]
let writer: ChatServer
let run: Promise<Ended>

// The model server: it holds every answer back until the gate is open, and refuses two of the prompts for as long as it is broken.
let open: () => void
const gate = new Promise<void>((resolve) => {
  open = resolve
})
let broken = true
const refused = new Set<string>()

function answer(content: string, response: ServerResponse): void {
  if (broken && refused.size < failing) refused.add(content)
  if (broken && refused.has(content)) response.writeHead(400).end('{"error":{"message":"no"}}')
  else respondWithText(response, ' and this is how it went on at the time.')
}

beforeAll(async () => {
  if (!hasBrowser) return
  dir = await mkdtemp(join(tmpdir(), 'idiolect-live-'))
  const documents = await importMail(dir, '00[0-3]*.txt')
  const redisUrl = prefixedUrl(inject('redisUrl'))
  queues = await openQueues(redisAddress(redisUrl))
  const env = { ...process.env, REDIS_URL: redisUrl }
  dashboard = await startDashboard({ queues, host: '127.0.0.1', port: 0, log: pino({ level: 'silent' }), env })
  writer = await startChatServer(({ content }, response) => {
    void gate.then(() => answer(content, response))
  })
  browser = await openBrowser()
  page = await browser.newPage()
  page.setDefaultTimeout(60_000)
  seen = watchPage(page, dashboard.url)
  await visit(page, dashboard.url)
  // It would go with the page, if that were loaded anew.
  await page.evaluate('window.sameDocument = true')
  // A batch a record: what failed in a batch is tried again together.
  const settings = [`generate.model=openai:${writer.url}#writer`, 'batch.records=1', 'history.maxDocuments=6']
  const args = ['-i', documents, '-o', join(dir, 'out'), '--limit', String(targets), '--set', ...settings]
  run = idiolect(['run', ...args], { REDIS_URL: redisUrl })
}, 120_000)

afterAll(async () => {
  if (!hasBrowser) return
  open()
  await run
  await browser.close()
  await dashboard.close()
  await queues.close()
  await writer.close()
  await rm(dir, { recursive: true, force: true })
})

describe.skipIf(!hasBrowser)('a run, watched in a browser', () => {
  test('appears by itself and shows each stage with what waits there', slow, async () => {
    const link = page.getByRole('link', { name: /^run-/ })
    await link.waitFor()
    expect(await page.evaluate('window.sameDocument')).toBe(true)
    await link.click()
    const boxes = page.locator('.pipeline .stage h3')
    await boxes.last().waitFor()
    expect(await boxes.allTextContents()).toEqual([...stages])
    await page.evaluate('window.sameDocument = true')
    // All have come as far as the model server, which is silent.
    await page.locator('#stage-generate .backlog', { hasText: `${targets} records` }).waitFor()
    expect(await page.locator('#stage-embed .state').textContent()).toBe('through')
    await page
      .locator('#workers tbody tr')
      .nth(stages.length - 1)
      .waitFor()
  })

  test('waits and goes on at a click', slow, async () => {
    await page.getByRole('button', { name: 'Pause' }).click()
    await page.getByText('The run waits').waitFor()
    await page.locator('.status strong', { hasText: 'paused' }).waitFor()
    const { id } = (await queues.store.list())[0]!
    expect((await queues.store.get(id)).paused).toBe(true)
    await page.getByRole('button', { name: 'Resume' }).click()
    await page.getByText('The run goes on').waitFor()
    expect((await queues.store.get(id)).paused).toBe(false)
  })

  test('moves without being loaded anew until it is finished', slow, async () => {
    await page.evaluate('window.sameDocument = true')
    open()
    await page.locator('.status strong', { hasText: 'finished' }).waitFor()
    expect(await page.locator('.percent').textContent()).toBe('100 %')
    expect(await page.locator('.figures .bad dd').textContent()).toBe(String(failing))
    expect(await page.evaluate('window.sameDocument')).toBe(true)
    expect((await run).code).toBe(0)
    await page.locator('#plots canvas').nth(2).waitFor()
    expect(await page.locator('#plots canvas').first().getAttribute('aria-label')).toContain('Records a second')
  })

  test('shows its texts by author, with what they were made from', slow, async () => {
    await page.getByRole('link', { name: 'Records' }).click()
    await page.locator('article').first().waitFor()
    const author = (await page.getByRole('heading', { level: 2 }).nth(1).textContent())!
    await page.getByLabel('Author').fill(author)
    await page.getByRole('button', { name: 'Show' }).click()
    const record = page.locator('article').first()
    await page.waitForURL(/user=/)
    expect(await record.getByRole('heading', { level: 2 }).textContent()).toBe(author)
    expect(await record.getByText('and this is how it went on at the time').isVisible()).toBe(true)
    expect(await record.locator('.entries li').count()).toBeGreaterThan(0)
    expect(await record.getByText('RankDocBySnpt', { exact: true }).isVisible()).toBe(true)
    expect(await record.locator('.beside section').count()).toBe(2)
    await record.getByText('The exact prompt').click()
    expect(await record.getByText('passage start').isVisible()).toBe(true)
  })

  test('has a failure tried again at a click, and keeps the other', { timeout: 180_000 }, async () => {
    broken = false
    const [before] = await queues.store.list()
    await visit(page, `${dashboard.url}/runs/${before!.id}/failures`)
    await page.getByRole('link', { name: /^Show/ }).first().click()
    await page
      .getByRole('button', { name: /^Retry/ })
      .last()
      .click()
    await page.getByText('tried again, as a run of its own').waitFor()
    // On a slow machine the page is still that of the run before.
    const again = await vi.waitFor(
      async () => {
        const [newest] = await queues.store.list()
        expect([newest!.id === before!.id, newest!.status]).toEqual([false, 'finished'])
        return newest!
      },
      { timeout: 120_000, interval: 200 },
    )
    await visit(page, `${dashboard.url}/runs/${again.id}/failures`)
    await page.getByText(`${failing - 1} records in 1 group`).waitFor()
  })

  test('never made the browser ask elsewhere, nor anything that its policy forbids', () => {
    expect(seen).toEqual([])
  })
})
