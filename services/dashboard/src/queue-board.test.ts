import { describe, expect, test } from 'vitest'

import { browser, dashboardForTests } from './dashboard-for-tests.ts'

const around = dashboardForTests()

async function textOf(address: string): Promise<string> {
  const response = await fetch(address)
  expect(response.status, address).toBe(200)
  return response.text()
}

const changes = [
  ['PUT', '/queues/api/queues/pause'],
  ['PUT', '/queues/api/queues/rank/pause'],
  ['PUT', '/queues/api/queues/rank/empty'],
  ['PUT', '/queues/api/queues/rank/run-0-16/clean'],
  ['POST', '/queues/api/queues/rank/add'],
  ['PATCH', '/queues/api/queues/rank/run-0-16/update-data'],
] as const

describe('the queues', () => {
  test('are shown by Bull Board, which asks for nothing from elsewhere', async () => {
    const { url } = await around.start()
    const text = await textOf(`${url}/queues/`)
    expect(text).toContain('Idiolect queues')
    expect(text).not.toContain('https://')
    const script = /src="(static\/[^"]+\.js)"/.exec(text)![1]
    await textOf(`${url}/queues/${script}`)
  })

  test('show how many records a batch holds and none of what people wrote', async () => {
    const { url } = await around.start()
    await around.addBatch('run', 0, 'Dear Ada')
    const answer = await textOf(`${url}/queues/api/queues?activeQueue=rank&status=waiting&page=1&jobsPerPage=10`)
    expect(answer).not.toContain('Dear Ada')
    const rank = JSON.parse(answer).queues.find((queue: { name: string }) => queue.name === 'rank')
    expect(rank.jobs[0]).toMatchObject({ id: 'run-0-16', name: 'batch', attempts: 0 })
    expect(rank.jobs[0].data).toEqual({ run: 'run', first: 0, count: 16 })
    const job = await textOf(`${url}/queues/api/queues/rank/run-0-16`)
    expect(job).not.toContain('Dear Ada')
    expect(JSON.parse(job).job.data).toMatchObject({ records: 1, failures: { 'embed: invalid_record': 1 } })
  })

  test('are read once for all who look at them, until something is changed', async () => {
    const { url } = await around.start({ queueActions: true })
    const { get, cookies } = browser(url)
    await get('/queues/')
    const address = '/queues/api/queues?activeQueue=rank&status=waiting&page=1&jobsPerPage=10'
    const listed = async () => JSON.parse(await (await get(address)).text()).queues[1].jobs.length
    expect(await listed()).toBe(0)
    await around.addBatch('run', 0, 'text')
    expect(await listed()).toBe(0)
    const headers = { 'x-xsrf-token': decodeURIComponent(cookies.get('XSRF-TOKEN')!) }
    expect((await get('/queues/api/queues/embed/pause', { method: 'PUT', headers })).status).toBe(200)
    expect(await listed()).toBe(1)
  })

  test('cannot be changed unless that is allowed', async () => {
    const { url } = await around.start()
    await around.addBatch('run', 0, 'text')
    const { get, post, csrf } = browser(url)
    const field = await csrf('/runs/run')
    for (const [method, path] of changes) {
      const response = await get(path, { method, headers: { 'x-csrf-token': field } })
      expect(response.status, path).toBe(405)
    }
    expect((await post('/queues/api/queues/rank/add', { csrf: field })).status).toBe(405)
    const rank = around.queues.queue('rank')
    expect(await rank.getJobCounts('wait', 'active')).toEqual({ wait: 1, active: 0 })
    expect(await rank.isPaused()).toBe(false)
  })

  test('are changed by its page where that is allowed, and by no page of another server', async () => {
    const { url } = await around.start({ queueActions: true })
    const { get, cookies } = browser(url)
    await get('/queues/')
    const pause = async (headers: Record<string, string>) =>
      (await get('/queues/api/queues/rank/pause', { method: 'PUT', headers })).status
    expect(await pause({})).toBe(403)
    const token = decodeURIComponent(cookies.get('XSRF-TOKEN')!)
    expect(await pause({ 'x-xsrf-token': token, origin: 'https://evil.example' })).toBe(403)
    expect(await around.queues.queue('rank').isPaused()).toBe(false)
    expect(await pause({ 'x-xsrf-token': token })).toBe(200)
    expect(await around.queues.queue('rank').isPaused()).toBe(true)
  })
})
