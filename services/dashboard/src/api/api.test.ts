import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

import { problemSchema, runListSchema } from '@idiolect/contracts/http-api'
import { stages } from '@idiolect/contracts/stages'
import { Validator } from '@seriousme/openapi-schema-validator'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { dashboardForTests } from '../dashboard-for-tests.ts'

const around = dashboardForTests()

let dir: string

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'idiolect-api-'))
  await mkdir(join(dir, 'allowed'))
  await writeFile(join(dir, 'allowed', 'documents.jsonl'), '{}\n')
  await writeFile(join(dir, 'secret.jsonl'), '{}\n')
  await symlink(join(dir, 'secret.jsonl'), join(dir, 'allowed', 'link.jsonl'))
})

afterAll(async () => {
  await rm(dir, { recursive: true, force: true })
})

const post = (url: string, body: unknown) =>
  fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })

async function problemOf(response: Response) {
  expect(response.headers.get('content-type')).toBe('application/problem+json')
  const problem = problemSchema.parse(await response.json())
  expect(problem.status).toBe(response.status)
  return { status: problem.status, code: problem.code, detail: problem.detail }
}

describe('the API', () => {
  test('describes itself as OpenAPI 3.1, every route of it', async () => {
    const { url } = await around.start()
    const description = (await (await fetch(`${url}/api/v1/openapi.json`)).json()) as { paths: object }
    const validator = new Validator()
    const { valid, errors } = await validator.validate({ ...description })
    expect(errors ?? []).toEqual([])
    expect([valid, validator.version]).toEqual([true, '3.1'])
    const routes = Object.entries(description.paths).flatMap(([path, methods]) =>
      Object.keys(methods as object).map((method) => `${method} ${path}`),
    )
    expect(routes.sort()).toEqual([
      'get /api/v1/runs',
      'get /api/v1/runs/{id}',
      'get /api/v1/runs/{id}/failure-groups',
      'get /api/v1/runs/{id}/failures',
      'get /api/v1/runs/{id}/results',
      'post /api/v1/runs',
      'post /api/v1/runs/{id}/cancel',
      'post /api/v1/runs/{id}/pause',
      'post /api/v1/runs/{id}/resume',
      'post /api/v1/runs/{id}/retry',
      'post /api/v1/uploads',
    ])
  })

  test('tells what the run store and the queues hold', async () => {
    const { url } = await around.start()
    await around.createRun('run')
    for (const stage of stages) await around.advance('run', stage, 0, stage === 'generate' ? 2 : 0)
    await around.advance('run', 'embed', 16)
    await around.addBatch('run', 16, 'text')
    const { runs } = runListSchema.parse(await (await fetch(`${url}/api/v1/runs`)).json())
    expect(runs).toHaveLength(1)
    expect(runs[0]).toMatchObject({ id: 'run', status: 'running', targets: 64, committed: 16, failed: 2 })
    expect(runs[0]).toMatchObject({ promptTokens: 7 * 700, completionTokens: 7 * 50 })
    const told = runs[0]!.stages.map(({ stage, records, batchesWaiting }) => [stage, records, batchesWaiting])
    expect(told).toEqual(stages.map((stage) => [stage, stage === 'embed' ? 32 : 16, stage === 'rank' ? 1 : 0]))
    expect(await (await fetch(`${url}/api/v1/runs/run`)).json()).toMatchObject({ id: 'run', committed: 16 })
  })

  test('answers what it cannot do as problem+json with a code', async () => {
    const { url } = await around.start()
    await around.createRun('run', { out: join(dir, 'elsewhere') })
    const problem = async (path: string) => problemOf(await fetch(`${url}/api/v1${path}`))
    expect(await problem('/runs/none')).toMatchObject({
      status: 404,
      code: 'run_unknown',
      detail: expect.stringContaining('no run none'),
    })
    expect(await problem('/nothing')).toMatchObject({ status: 404, code: 'not_found' })
    expect(await problem('/runs/run/results')).toMatchObject({
      status: 404,
      code: 'input_missing',
      detail: expect.stringContaining('elsewhere'),
    })
    expect(await problem('/runs/run/results?limit=0')).toMatchObject({
      status: 400,
      code: 'usage',
      detail: expect.stringContaining('limit'),
    })
    const steered = await fetch(`${url}/api/v1/runs/none/cancel`, { method: 'POST' })
    expect(await problemOf(steered)).toMatchObject({ status: 404, code: 'run_unknown' })
    expect(await problemOf(await post(`${url}/api/v1/runs/run/retry`, { nothing: 1 }))).toMatchObject({
      status: 400,
      code: 'usage',
    })
  })
})

test('while Redis is silent everything is refused that would have to wait for it', async () => {
  const list = () => new Promise<never>(() => undefined)
  const { url } = await around.start({ queues: { ...around.queues, store: { ...around.queues.store, list } } })
  await around.createRun('run')
  for (const path of ['/runs', '/runs/run', '/runs/run/results']) {
    const problem = await problemOf(await fetch(`${url}/api/v1${path}`))
    expect(problem).toMatchObject({ status: 503, code: 'redis_unreachable' })
  }
})

describe('an upload', () => {
  test('is kept under its digest, whatever it is sent as', async () => {
    const outputs = join(dir, 'uploads')
    const { url } = await around.start({ outputs })
    const text = '{"userId":"ada"}\n'
    const send = async (type: string, body: string | Uint8Array<ArrayBuffer>) => {
      const response = await fetch(`${url}/api/v1/uploads`, { method: 'POST', headers: { 'content-type': type }, body })
      return [response.status, await response.json()]
    }
    const upload = createHash('sha256').update(text).digest('hex')
    expect(await send('application/x-ndjson', text)).toEqual([201, { upload, bytes: text.length }])
    expect(await send('application/octet-stream', text)).toEqual([201, { upload, bytes: text.length }])
    expect(await send('application/gzip', gzipSync(text))).toMatchObject([201, {}])
    expect(await send('text/html', text)).toMatchObject([415, { code: 'usage' }])
    expect(await readdir(join(outputs, '.uploads'))).toHaveLength(2)
    const left = join(outputs, '.uploads', 'unfinished-long-ago')
    await writeFile(left, text)
    await utimes(left, 0, 0)
    await send('application/x-ndjson', text)
    expect(await readdir(join(outputs, '.uploads'))).toHaveLength(2)
  })

  test('that is too large leaves nothing behind', async () => {
    const outputs = join(dir, 'large')
    const { url } = await around.start({ outputs, mostUploadBytes: 100_000 })
    const body = ReadableStream.from(Array.from({ length: 20 }, () => Buffer.alloc(10_000, 'x')))
    const headers = { 'content-type': 'application/x-ndjson' }
    const response = await fetch(`${url}/api/v1/uploads`, { method: 'POST', headers, body, duplex: 'half' })
    expect(await problemOf(response)).toMatchObject({
      status: 413,
      code: 'too_large',
      detail: expect.stringContaining('100000'),
    })
    expect(await readdir(join(outputs, '.uploads'))).toEqual([])
  })
})

describe('making a run', () => {
  test('is refused as long as no folder for outputs is set, with the setting that is missing', async () => {
    const { url } = await around.start()
    const answer = await post(`${url}/api/v1/runs`, { name: 'a', input: { path: '/etc/passwd' } })
    expect(await problemOf(answer)).toMatchObject({
      status: 403,
      code: 'forbidden',
      detail: expect.stringContaining('IDIOLECT_DASHBOARD_OUTPUTS'),
    })
  })

  test('reads no file outside of the folders that are allowed, however it is called, nor tells whether it is there', async () => {
    const allowed = join(dir, 'allowed')
    const { url } = await around.start({ outputs: join(dir, 'out'), inputs: [allowed] })
    const make = async (path: string) => problemOf(await post(`${url}/api/v1/runs`, { name: 'a', input: { path } }))
    const outside = [
      '/etc/passwd',
      '/no/such/file',
      join(dir, 'secret.jsonl'),
      `${allowed}/../secret.jsonl`,
      `${allowed}/link.jsonl`,
      `${allowed}-not`,
      'secret.jsonl',
    ]
    for (const path of outside) {
      expect(await make(path), path).toMatchObject({
        status: 403,
        code: 'forbidden',
        detail: expect.stringContaining('IDIOLECT_DASHBOARD_INPUTS'),
      })
    }
    expect(await make(`${allowed}/\0`)).toMatchObject({ status: 404, code: 'input_missing' })
    expect(await make(join(allowed, 'none.jsonl'))).toMatchObject({ status: 404, code: 'input_missing' })
    expect(await make(allowed)).toMatchObject({ status: 403, code: 'forbidden' })
  })

  test('takes no name that could lead elsewhere', async () => {
    const { url } = await around.start({ outputs: join(dir, 'names'), inputs: [dir] })
    for (const name of ['', '.', '..', '../x', 'a/b', '.uploads', '-x', 'a b', 'a\n', 'ä', 'x'.repeat(101), 'a\0']) {
      const answer = await post(`${url}/api/v1/runs`, { name, input: { upload: '0'.repeat(64) } })
      expect(await problemOf(answer), name).toMatchObject({ status: 400, code: 'usage' })
    }
  })

  test('calls no model and reads no model that is not allowed', async () => {
    const { url } = await around.start({ outputs: join(dir, 'models'), inputs: [join(dir, 'allowed')] })
    const input = { path: join(dir, 'allowed', 'documents.jsonl') }
    const refused = [
      { generate: { model: 'openai:http://evil.example/v1#m' } },
      { embed: { model: 'tei:http://evil.example' } },
      { generate: { model: 'hf:evil/model' } },
      { generate: { model: 'path:/etc' } },
      { summarize: { method: 'SumCtx', model: `path:${join(dir, 'secret.jsonl')}` } },
      { synthesize: { wordVectors: '/etc/passwd' } },
    ]
    for (const config of refused) {
      const answer = await post(`${url}/api/v1/runs`, { name: 'a', input, config })
      expect(await problemOf(answer), JSON.stringify(config)).toMatchObject({ status: 403, code: 'forbidden' })
    }
    const wrong = await post(`${url}/api/v1/runs`, { name: 'a', input, config: { no: 'key' } })
    expect(await problemOf(wrong)).toMatchObject({
      status: 400,
      code: 'config_invalid',
      detail: expect.stringContaining('no'),
    })
  })
})
