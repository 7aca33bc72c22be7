import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

import { parseConfig } from '@idiolect/contracts/config'
import { programForTests } from '@idiolect/local-redis/program-for-tests'
import { openQueues } from '@idiolect/runtime/queues'
import { redisAddress } from '@idiolect/runtime/redis-address'
import { expect, test, vi } from 'vitest'

import { startMortalRedis } from './faults/mortal-redis.ts'
import { startTcpProxy } from './faults/tcp-proxy.ts'
import { startObservedWorker } from './observed-worker.ts'

// More than the 5 s after which an idle worker asks Redis again, on a busy machine too.
const silenceSeconds = 9

// IDIOLECT_CUT_SECONDS=75 npx vitest run tests/metrics-health.test.ts, with IDIOLECT_HEALTH_SECONDS left at its minute.
const cutSeconds = Number(process.env.IDIOLECT_CUT_SECONDS ?? 0)

test('a worker is healthy idle and at work, not without its Redis, and again when that is back, where it works on', {
  timeout: 240_000,
}, async () => {
  const dir = await mkdtemp(join(tmpdir(), 'idiolect-health-'))
  const redis = await startMortalRedis(await programForTests(), join(dir, 'redis'))
  const proxy = await startTcpProxy(redis.port)
  const queues = await openQueues(redisAddress(`redis://127.0.0.1:${redis.port}`))
  const heldBy = join(dir, 'held')
  const worker = await startObservedWorker(fileURLToPath(new URL('held-stage.ts', import.meta.url)), {
    REDIS_URL: `redis://127.0.0.1:${proxy.port}`,
    STAGE: 'rank',
    HELD_BY: heldBy,
    ...(cutSeconds === 0 ? { IDIOLECT_HEALTH_SECONDS: String(silenceSeconds) } : {}),
  })
  const eventually = (check: (health: Awaited<ReturnType<typeof worker.health>>) => void) =>
    vi.waitFor(async () => check(await worker.health()), { timeout: 100_000, interval: 200 })
  const put = (first: number) =>
    queues.add('rank', {
      run: 'r',
      first,
      count: 1,
      round: 0,
      records: [{ ordinal: first, id: `r${first}` }],
      failures: [],
      models: {},
    })
  /** Exit code and output of the image's health check. */
  const check = () =>
    promisify(execFile)(process.execPath, ['infra/healthcheck.mjs', String(worker.port)]).then(
      ({ stdout }) => ({ code: 0, stdout }),
      ({ code, stdout }: { code: number; stdout: string }) => ({ code, stdout }),
    )
  const done = async () => (await queues.queue('summarize').getJobCounts('wait')).wait
  try {
    await queues.store.create(
      {
        id: 'r',
        config: parseConfig({}),
        out: '/out',
        targets: 9,
        createdAt: 0,
        attended: false,
        status: 'running',
        paused: false,
      },
      { frequencies: Buffer.alloc(0), selectors: {} },
    )
    // Idle, it asks, and asks again.
    await eventually(({ secondsSinceFetch }) => expect(secondsSinceFetch).toBeGreaterThanOrEqual(3))
    await eventually(({ secondsSinceFetch }) => expect(secondsSinceFetch).toBeLessThanOrEqual(2))
    expect(await worker.health()).toMatchObject({ status: 200, alive: true, problem: null, batchesInWork: 0 })
    expect(await check()).toMatchObject({ code: 0, stdout: expect.stringContaining('"alive":true') })

    // At work on the only batch that it may have, it does not ask.
    await writeFile(heldBy, '')
    await put(0)
    await eventually(({ secondsSinceFetch, batchesInWork }) => {
      expect(batchesInWork).toBe(1)
      expect(secondsSinceFetch).toBeGreaterThan(silenceSeconds + 1)
    })
    expect(await worker.health()).toMatchObject({ status: 200, alive: true })
    await rm(heldBy)
    await vi.waitFor(async () => expect(await done()).toBe(1), { timeout: 20_000, interval: 100 })

    const cutAt = performance.now()
    const back = proxy.blackHole()
    await eventually(({ status, alive, problem }) => {
      expect(status).toBe(503)
      expect(alive).toBe(false)
      expect(problem).toMatch(/Redis has not answered the question for work.* for \d+ s/)
    })
    expect(await check()).toMatchObject({ code: 1, stdout: expect.stringContaining('Redis has not answered') })
    await vi.waitFor(() => expect(performance.now() - cutAt).toBeGreaterThan(cutSeconds * 1000), {
      timeout: 100_000,
      interval: 200,
    })
    await put(1)
    back()
    await eventually(({ status }) => expect(status).toBe(200))
    await vi.waitFor(async () => expect(await done()).toBe(2), { timeout: 60_000, interval: 100 })
  } finally {
    await worker.close()
    await queues.close()
    await proxy.close()
    await redis.close()
    await rm(dir, { recursive: true, force: true })
  }
})
