/**
 * `node --import tsx tests/browser/screenshots.ts [TARGETS]`: makes the pictures of docs/images from a run of real mail with the
 * bundled models, some minutes on two cores. They are of the moment when two thirds of it are done.
 */
import { once } from 'node:events'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Dashboard, startDashboard } from '@idiolect/dashboard/server'
import { openLocalRedis } from '@idiolect/local-redis/local-redis'
import { openQueues } from '@idiolect/runtime/queues'
import { redisAddress } from '@idiolect/runtime/redis-address'
import { pino } from 'pino'
import type { Page } from 'playwright-core'

import { startIdiolect } from '../processes.ts'
import { importMail } from '../texts.ts'
import { openBrowser } from './browser.ts'

const images = fileURLToPath(new URL('../../docs/images', import.meta.url))
const targets = Number(process.argv[2] ?? 48)
const patienceMs = 1_200_000

async function takePictures({ url }: Dashboard): Promise<void> {
  const browser = await openBrowser()
  const page = await browser.newPage({ viewport: { width: 1200, height: 900 } })
  page.setDefaultTimeout(patienceMs)
  await page.goto(url)
  await page.getByRole('link', { name: /^run-/ }).click()
  await page.locator('#plots canvas').nth(2).waitFor()
  await page.locator('.percent', { hasText: /^(6[6-9]|[789]\d|100) %/ }).waitFor()
  await both(page, 'run', '#cost')
  await page.getByRole('link', { name: 'Records' }).click()
  await both(page, 'record', 'article:nth-of-type(2)')
  await browser.close()
}

/** The page down to where `until` begins, in light and dark. */
async function both(page: Page, name: string, until: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    const below = await page.locator(until).boundingBox()
    const clip = { x: 0, y: 0, width: 1200, height: Math.round(below?.y ?? 900) }
    await page.screenshot({ path: join(images, `${name}-${colorScheme}.png`), fullPage: true, clip })
  }
}

const dir = await mkdtemp(join(tmpdir(), 'idiolect-screenshots-'))
const log = { info: () => undefined, warn: (message: string) => console.warn(message) }
const redis = await openLocalRedis({ home: dir, log, path: process.env.PATH ?? '' })
const queues = await openQueues(redisAddress(redis.url))
const dashboard = await startDashboard({ queues, host: '127.0.0.1', port: 0, log: pino({ level: 'warn' }) })
await mkdir(images, { recursive: true })
const documents = await importMail(dir)
const demo = ['--config', 'infra/demo.yaml', '--limit', String(targets)]
const run = startIdiolect(['run', '-i', documents, '-o', join(dir, 'mail'), ...demo], { REDIS_URL: redis.url })
const ended = once(run, 'exit')
try {
  await takePictures(dashboard)
} finally {
  run.kill('SIGTERM')
  await ended
  await dashboard.close()
  await queues.close()
  await redis.close()
  await rm(dir, { recursive: true, force: true })
}
