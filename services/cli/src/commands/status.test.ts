import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'

import { parseConfig } from '@idiolect/contracts/config'
import { stages } from '@idiolect/contracts/stages'
import { openQueues, type Queues } from '@idiolect/runtime/queues'
import { redisAddress } from '@idiolect/runtime/redis-address'
import type { Command } from 'commander'
import { afterEach, beforeEach, expect, inject, test } from 'vitest'

import type { Surroundings } from '../surroundings.ts'
import { runsCommand } from './runs.ts'
import { statusCommand } from './status.ts'

let out: string
let redisUrl: string
let queues: Queues

beforeEach(async () => {
  out = await mkdtemp(join(tmpdir(), 'idiolect-status-'))
  const url = new URL(inject('redisUrl'))
  url.searchParams.set('prefix', `test-${randomUUID()}`)
  redisUrl = url.href
  queues = await openQueues(redisAddress(redisUrl))
})

afterEach(async () => {
  await queues.store.remove('run-1', stages)
  await queues.close()
  await rm(out, { recursive: true })
})

/** Ten targets, of which Embed is through with eight and every other stage with four; two seconds of work a batch of four. */
async function makeRun(status: 'running' | 'finished' | 'cancelled'): Promise<void> {
  const run = { id: 'run-1', config: parseConfig({}), out, targets: 10, paused: false, attended: false }
  await queues.store.create(
    { ...run, createdAt: Date.now(), status: 'running' },
    { frequencies: Buffer.alloc(0), selectors: {} },
  )
  for (const stage of stages) {
    const step = { stage, records: 4, failed: stage === 'rank' ? 1 : 0, busyMs: 2_000 }
    await queues.store.advance(run.id, { ...step, first: 0, promptTokens: 3, completionTokens: 2 })
    if (stage !== 'embed') continue
    await queues.store.advance(run.id, { ...step, first: 4, promptTokens: 0, completionTokens: 0 })
  }
  if (status !== 'running') await queues.store.end(run.id, status, stages)
}

/** What a command prints into pipes. */
async function output(command: (surroundings: Surroundings) => Command, ...args: string[]): Promise<string> {
  let stdout = ''
  const sink = (onText: (text: string) => void) =>
    new Writable({
      write(chunk, _encoding, done) {
        onText(String(chunk))
        done()
      },
    }) as NodeJS.WriteStream
  await command({
    env: { REDIS_URL: redisUrl },
    stdout: sink((text) => (stdout += text)),
    stderr: sink(() => undefined),
    signal: new AbortController().signal,
    exit: { code: 0 },
  }).parseAsync(args, { from: 'user' })
  return stdout
}

test('status says of each stage what is done, what waits and how much work that is', async () => {
  await makeRun('running')
  const status = JSON.parse(await output(statusCommand, 'run-1', '--json'))
  expect(status).toMatchObject({ run: 'run-1', status: 'running', out, targets: 10, committed: 4, failed: 1 })
  expect(status.stages[1]).toMatchObject({ stage: 'rank', records: 4, backlogRecords: 4, backlogSeconds: 2 })
  expect(status).not.toHaveProperty('config')
})

test.each([
  ['finished', /embed +█+ +10\/10/, '10 of 10 done · 1 failed'],
  ['cancelled', /embed +█+░+ +8\/10/, '4 of 10 done · 1 failed'],
] as const)('a run that is %s is shown as it ended, watched or not', async (ended, embed, overall) => {
  await makeRun(ended)
  const text = await output(statusCommand, 'run-1', '--watch')
  expect(text).toContain(`run-1 · ${ended} · ${out}`)
  expect(text).toMatch(embed)
  expect(text).toContain(overall)
  expect(await output(statusCommand, 'run-1')).toBe(text)
})

test('a run is found by its output folder as well', async () => {
  await makeRun('finished')
  expect(await output(statusCommand, out)).toContain('run-1 · finished')
})

test('a run that Redis does not know is refused, by name and by folder', async () => {
  await expect(output(statusCommand, 'run-2')).rejects.toMatchObject({ code: 'run_unknown' })
  await expect(output(statusCommand, out)).rejects.toMatchObject({ code: 'run_unknown' })
})

test('runs lists what each has done and how much work waits', async () => {
  expect(await output(runsCommand)).toContain('No runs yet')
  await makeRun('running')
  expect(await output(runsCommand)).toContain('running')
  const [run] = JSON.parse(await output(runsCommand, '--json'))
  expect(run).toMatchObject({ run: 'run-1', status: 'running', committed: 4, failed: 1, targets: 10, out })
  expect(run.stages[1]).toEqual({ stage: 'rank', records: 4, backlogRecords: 4, backlogSeconds: 2 })
})
