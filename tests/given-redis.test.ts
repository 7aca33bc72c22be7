import { execFile } from 'node:child_process'
import { access, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'

import { freePort, type GivenServer, startGivenServer } from './given-server.ts'
import { idiolect } from './processes.ts'
import { importMail } from './texts.ts'

const promptsOnly = ['--limit', '2', '--set', 'generate.model=none', 'rank.strategy=RankDocBM25']

let dir: string
let documents: string
const servers: GivenServer[] = []

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'idiolect-given-redis-'))
  documents = await importMail(dir, '00*.txt')
})
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})
afterAll(() => rm(dir, { recursive: true, force: true }))

async function start(settings: string[], password?: string): Promise<GivenServer | null> {
  const server = await startGivenServer(settings, password)
  if (server !== null) servers.push(server)
  return server
}

const run = (out: string, env: NodeJS.ProcessEnv, ...args: string[]) =>
  idiolect(['run', '-i', documents, '-o', join(dir, out), ...promptsOnly, ...args], env)

/** A certificate for 127.0.0.1 that nobody but itself vouches for. */
async function selfSigned(): Promise<{ certificate: string; key: string } | null> {
  const [certificate, key] = [join(dir, 'server.pem'), join(dir, 'server.key')]
  const made = ['-keyout', key, '-out', certificate, '-days', '2', '-subj', '/CN=redis']
  const args = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...made, '-addext', 'subjectAltName=IP:127.0.0.1']
  return promisify(execFile)('openssl', args).then(
    () => ({ certificate, key }),
    () => null,
  )
}

describe('a Redis that asks for a login', { timeout: 120_000 }, () => {
  const password = 'open/se#same%1'
  const encoded = encodeURIComponent(password)

  test('is reached over TLS as a user who may touch one prefix, by a URL that only a file holds', async (context) => {
    const made = await selfSigned()
    if (made === null) return context.skip('there is no openssl to make a certificate with')
    const port = await freePort()
    const { certificate, key } = made
    const tls = ['--tls-port', port, '--tls-cert-file', certificate, '--tls-key-file', key, '--tls-auth-clients', 'no']
    const server = await start(tls.map(String))
    if (server === null) return context.skip('this server program has no TLS')
    const may = ['on', `>${password}`, '~{prod}*', '&*', '+@all', '-@admin', '-@dangerous', '+info']
    await server.admin.acl('SETUSER', 'ada', ...may)
    await server.admin.acl('SETUSER', 'default', 'off')
    const file = join(dir, 'redis-url')
    await writeFile(file, `rediss://ada:${encoded}@127.0.0.1:${port}?prefix=prod&ca=${certificate}\n`)
    const ended = await run('tls', { REDIS_URL: undefined, REDIS_URL_FILE: file, LOG_LEVEL: 'debug' }, '--json')
    expect(ended.code, ended.stderr).toBe(0)
    expect(JSON.parse(ended.stdout).counts.done).toBe(2)
    expect(`${ended.stdout}${ended.stderr}`).not.toContain(password)
    expect(`${ended.stdout}${ended.stderr}`).not.toContain(encoded)
    const untrusted = await idiolect(['runs'], { REDIS_URL: `rediss://ada:${encoded}@127.0.0.1:${port}` })
    expect(untrusted.code).toBe(2)
    expect(untrusted.stderr).toMatch(/cannot be trusted \(\w*SELF_SIGNED\w*\); name its authority with \?ca=/)
  })

  test('takes the password of no user in particular', async () => {
    const server = await start(['--requirepass', password], password)
    const url = server!.url.replace('//', `//:${encoded}@`)
    const ended = await run('password', { REDIS_URL: url }, '--json')
    expect(ended.code, ended.stderr).toBe(0)
  })

  test.each([
    ['run', () => ['run', '-i', documents, '-o', join(dir, 'never'), ...promptsOnly]],
    ['enqueue', () => ['enqueue', '-i', documents, '-o', join(dir, 'never'), ...promptsOnly]],
    ['worker', () => ['worker', 'rank']],
    ['status', () => ['status', 'run-1']],
    ['doctor', () => ['doctor']],
    ['dashboard', () => ['dashboard', '--port', '0']],
  ])('refuses a wrong one, and %s says so without it', async (command, args) => {
    const server = await start(['--requirepass', password], password)
    const url = server!.url.replace('//', '//ada:mellon-sesame@')
    const { code, stdout, stderr } = await idiolect(args(), { REDIS_URL: url, LOG_LEVEL: 'debug' })
    expect([code, command]).toEqual([command === 'doctor' ? 1 : 2, command])
    expect(`${stdout}${stderr}`).toMatch(/ada:\*\*\*@.* refuses \(WRONGPASS [^)]*\)/)
    expect(`${stdout}${stderr}`).not.toContain('sesame')
    expect(stderr).not.toMatch(/\n\s+at /)
  })
})

describe('a Redis that can lose work', { timeout: 120_000 }, () => {
  const unsafe = ['--appendonly', 'no', '--maxmemory-policy', 'allkeys-lru']

  test.each([
    ['run', () => ['run', '-i', documents, '-o', join(dir, 'never'), ...promptsOnly]],
    ['enqueue', () => ['enqueue', '-i', documents, '-o', join(dir, 'never'), ...promptsOnly]],
    ['worker', () => ['worker', 'rank']],
  ])('is refused by %s in one line that says what to set', async (_command, args) => {
    const server = await start(unsafe)
    const { code, stderr } = await idiolect(args(), { REDIS_URL: server!.url })
    expect(code, stderr).toBe(2)
    expect(stderr).toMatch(/appendonly is no: .*maxmemory-policy is allkeys-lru: .*`appendonly yes`.*noeviction/)
    expect(stderr).toMatch(/--allow-unsafe-redis \(IDIOLECT_ALLOW_UNSAFE_REDIS=1\)/)
    expect(stderr.split('idiolect: ')[1]!.trimEnd()).not.toContain('\n')
    await expect(access(join(dir, 'never'))).rejects.toThrow('ENOENT')
    expect(await server!.admin.dbsize()).toBe(0)
  })

  test('is refused by a service that is started by itself', async () => {
    const server = await start(unsafe)
    const env = { ...process.env, REDIS_URL: server!.url }
    const service = promisify(execFile)(process.execPath, ['--import', 'tsx', 'services/collect/src/main.ts'], { env })
    await expect(service).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining('redis_unsafe') })
  })

  test('is looked at all the same: what only reads asks for no more', async () => {
    const server = await start(unsafe)
    expect(await idiolect(['runs', '--json'], { REDIS_URL: server!.url })).toMatchObject({ code: 0, stdout: '[]\n' })
  })

  test('is used by who takes the risk, and told of it', async () => {
    const server = await start(unsafe)
    const ended = await run('risk', { REDIS_URL: server!.url }, '--json', '--allow-unsafe-redis')
    expect(ended.code, ended.stderr).toBe(0)
    expect(ended.stderr).toMatch(/can lose work, and goes on being used as was asked: .*appendonly is no/)
    expect(JSON.parse(ended.stdout).counts.done).toBe(2)
  })
})
