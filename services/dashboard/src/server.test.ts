import { createServer } from 'node:http'
import { IdiolectError } from '@idiolect/contracts/errors'
import { describe, expect, test } from 'vitest'

import { dashboardForTests } from './dashboard-for-tests.ts'

const around = dashboardForTests()
const host = '127.0.0.1'

describe('the server', () => {
  test('says whether Redis answers, and what Prometheus asks for', async () => {
    const { url } = await around.start()
    expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ redis: 'answers' })
    const metrics = await fetch(`${url}/metrics`)
    expect(metrics.headers.get('content-type')).toContain('text/plain')
    expect(await metrics.text()).toContain('idiolect_redis_answers 1')
  })

  test('looks at Redis once a second, with twenty tabs open as with one', async () => {
    await around.createRun('run')
    let looks = 0
    const { store } = around.queues
    const list = (limit?: number) => {
      looks++
      return store.list(limit)
    }
    const { url } = await around.start({ queues: { ...around.queues, store: { ...store, list } } })
    const startedAt = performance.now()
    const leave = new AbortController()
    const paths = Array.from({ length: 20 }, (_, tab) => (tab % 2 === 0 ? '/' : '/runs/run'))
    const tabs = await Promise.all(
      paths.map(async (path) => {
        const { body } = await fetch(`${url}/events?page=${path}`, { signal: leave.signal })
        const reader = body!.pipeThrough(new TextDecoderStream()).getReader()
        await reader.read()
        return reader
      }),
    )
    await around.advance('run', 'collect', 0)
    await Promise.all(tabs.map((tab) => tab.read()))
    // One look at once, then one a second after the look before it.
    expect(looks).toBeLessThanOrEqual(1 + Math.floor((performance.now() - startedAt) / 1000))
    leave.abort()
  })

  test('names the port that is taken and the option to choose another', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, host, resolve))
    const { port } = other.address() as { port: number }
    const error = await around.start({ port }).catch((thrown: unknown) => thrown)
    other.close()
    expect(error).toBeInstanceOf(IdiolectError)
    expect(error).toMatchObject({ code: 'port_taken', message: expect.stringMatching(`${port}.*--port`) })
  })

  test('closes while clients listen', async () => {
    await around.createRun('run')
    const dashboard = await around.start()
    const { body } = await fetch(`${dashboard.url}/events`)
    const reader = body!.getReader()
    await reader.read()
    await dashboard.close()
    let ended = false
    while (!ended) ended = (await reader.read()).done
    expect(ended).toBe(true)
  })
})
