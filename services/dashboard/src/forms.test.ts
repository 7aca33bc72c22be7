import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { describe, expect, test, vi } from 'vitest'

import { browser, dashboardForTests } from './dashboard-for-tests.ts'

const around = dashboardForTests()

describe('the forms of the pages', () => {
  test('pause, resume and cancel a run, lead back to its page, and are logged with who used them', async () => {
    const { url } = await around.start()
    await around.createRun('run')
    await around.addBatch('run', 0, 'Dear Ada')
    const { post, csrf } = browser(url)
    const field = await csrf('/runs/run')
    const send = async (action: string) => {
      const { status, headers } = await post(`/runs/run/${action}`, { csrf: field })
      const { status: now, paused } = await around.queues.store.get('run')
      return [status, headers.get('location'), now, paused]
    }
    expect(await send('pause')).toEqual([303, '/runs/run?notice=paused', 'running', true])
    expect(await send('resume')).toEqual([303, '/runs/run?notice=resumed', 'running', false])
    expect(await send('cancel')).toEqual([303, '/runs/run?notice=cancelled', 'cancelled', false])
    expect(await around.queues.inFlight('run')).toEqual([])
    const actions = around.logged.split('\n').filter((line) => line.includes('"action":'))
    expect(actions.map((line) => JSON.parse(line))).toMatchObject(
      ['pause', 'resume', 'cancel'].map((action) => ({ level: 30, who: 'loopback', action, run: 'run' })),
    )
  })

  test('say in plain words what cannot be done, and let nothing of it be markup', async () => {
    const { url } = await around.start()
    await around.createRun('run', { status: 'finished' })
    const { post, csrf } = browser(url)
    const field = await csrf('/runs/run')
    const ended = await post('/runs/run/pause', { csrf: field })
    expect([ended.status, await ended.text()]).toEqual([
      400,
      expect.stringContaining('run run is finished; only a run'),
    ])
    const unknown = await post(`/runs/${encodeURIComponent('<script>alert(1)</script>')}/pause`, { csrf: field })
    const text = await unknown.text()
    expect(unknown.status).toBe(404)
    expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
    expect(text).not.toContain('<script>alert')
  })

  test('try again what failed by a command of its own, whose complaint is shown', async () => {
    const { url } = await around.start()
    const out = await mkdtemp(join(tmpdir(), 'idiolect-actions-'))
    await around.createRun('run', { status: 'finished', out })
    const { post, csrf } = browser(url)
    const field = await csrf('/runs/run')
    // Who asks before the command has ended is told to ask again.
    const complaint = await vi.waitFor(
      async () => {
        const answer = await post('/runs/run/retry', { csrf: field, code: 'endpoint_rejected', stage: '', id: '-x' })
        expect(answer.status).toBe(400)
        return answer.text()
      },
      { timeout: 50_000 },
    )
    expect(complaint).toContain(`${out} holds no run`)
    await rm(out, { recursive: true })
    expect(around.logged).toContain('"action":"retry"')
  })

  test('try nothing again of a run that is under way', async () => {
    const { url } = await around.start()
    await around.createRun('run')
    const { post, csrf } = browser(url)
    const refused = await post('/runs/run/retry', { csrf: await csrf('/runs/run') })
    expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining('once it has ended')])
  })
})
