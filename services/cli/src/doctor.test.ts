import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, inject, test } from 'vitest'

import { checkBundledModels } from './check-bundled-models.ts'
import { checkMemory, checkNode, doctor } from './doctor.ts'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'idiolect-doctor-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

test('on a machine that can run the pipeline nothing fails', async () => {
  const findings = await doctor({ redisUrl: inject('redisUrl'), home: folder })
  expect(findings.filter(({ ok }) => ok === false)).toEqual([])
  expect(findings.map(({ check }) => check)).toEqual([
    'Node',
    'Redis',
    'Redis version',
    'Redis appendonly',
    'Redis maxmemory-policy',
    'Bundled models',
    'onnxruntime-node',
    'Memory',
    'Disk',
  ])
})

test('a Redis that does not answer is one finding that says where it was looked for', async () => {
  const findings = await doctor({ redisUrl: 'redis://127.0.0.1:1', home: folder })
  const redis = findings.filter(({ check }) => check.startsWith('Redis'))
  expect(redis).toEqual([{ check: 'Redis', ok: false, message: expect.stringContaining('127.0.0.1:1') }])
})

test('an endpoint that answers passes, one that is down fails, and neither shows its key', async () => {
  const up = await listen()
  const down = await listen()
  down.server.close()
  const withPassword = `${up.url}/v1`.replace('//', '//me:secret@')
  const endpoints = [`${up.url}/v1/models?key=secret`, `${down.url}/v1?key=secret`, 'http://me:secret@[', withPassword]
  const findings = await doctor({ redisUrl: inject('redisUrl'), home: join(folder, 'not', 'made', 'yet'), endpoints })
  up.server.close()
  expect(findings.slice(-4)).toMatchObject([
    { check: `Endpoint ${up.url}/v1/models`, ok: true },
    { check: `Endpoint ${down.url}/v1`, ok: false, message: 'does not answer (ECONNREFUSED)' },
    { check: 'Endpoint', ok: false },
    { check: `Endpoint ${up.url}/v1`, ok: false },
  ])
  expect(JSON.stringify(findings)).not.toContain('secret')
})

async function listen() {
  const server = createServer((_, response) => response.end('{}')).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

test('a bundled model that was changed or is missing is named', async () => {
  const digest = (text: string) => createHash('sha256').update(text).digest('hex')
  await mkdir(join(folder, 'models'))
  await writeFile(join(folder, 'models', 'whole'), 'whole')
  await writeFile(join(folder, 'models', 'changed'), 'changed')
  const sums = [`${digest('whole')}  whole`, `${digest('before')}  changed`, `${digest('gone')}  gone`]
  await writeFile(join(folder, 'SHA256SUMS'), `${sums.join('\n')}\n`)
  expect(await checkBundledModels(folder)).toMatchObject({
    ok: false,
    message: 'changed has another digest; gone is missing',
  })
  await writeFile(join(folder, 'SHA256SUMS'), `${sums[0]}\n`)
  expect(await checkBundledModels(folder)).toMatchObject({ ok: true })
})

test('old Node versions fail and scarce memory is a warning', () => {
  expect([checkNode('20.18.3').ok, checkNode('20.19.0').ok, checkNode('22.0.0').ok]).toEqual([false, true, true])
  expect([checkMemory(1e9).ok, checkMemory(4e9).ok]).toEqual(['warning', true])
})
