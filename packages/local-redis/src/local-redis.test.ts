import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir, readFile, rm, stat, symlink } from 'node:fs/promises'
import { createServer } from 'node:net'
import { basename, dirname, join } from 'node:path'
import { Redis } from 'ioredis'
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'

import { isLocked, takeLock } from './file-lock.ts'
import { type LocalRedis, openLocalRedis } from './local-redis.ts'
import { preparePlaces } from './places.ts'
import { homeForTests, programForTests, removeHome, silent } from './program-for-tests.ts'

const startMs = 30_000

let program: string
let home: string
const opened: LocalRedis[] = []
const children: ChildProcess[] = []

beforeAll(async () => {
  program = await programForTests()
}, 300_000)
beforeEach(async () => {
  home = await homeForTests(program)
})
afterEach(async () => {
  for (const redis of opened.splice(0)) await redis.close()
  for (const child of children.splice(0)) await end(child, 'SIGKILL')
  expect(await isLocked(join(home, 'redis', 'server.lock')), 'a server was left running').toBe(false)
  await removeHome(home)
})

async function openHere(): Promise<LocalRedis> {
  const redis = await openLocalRedis({ home, path: '', log: silent })
  opened.push(redis)
  return redis
}

/** Another process that holds the Redis of this home, in a process group of its own; resolves when it has it. */
async function openElsewhere(): Promise<ChildProcess> {
  const script = join(import.meta.dirname, 'fixtures', 'hold-redis.ts')
  const stdio = ['ignore', 'pipe', 'inherit'] as const
  const child = spawn(process.execPath, ['--import', 'tsx', script, home], { stdio: [...stdio], detached: true })
  children.push(child)
  await once(child.stdout!, 'data')
  return child
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill(signal)
  await exited
}

async function ask<T>(url: string, question: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(url, { maxRetriesPerRequest: null, retryStrategy: () => 20 })
  client.on('error', () => undefined)
  try {
    return await question(client)
  } finally {
    client.disconnect()
  }
}

async function processId(url: string): Promise<number> {
  const info = await ask(url, (client) => client.info('server'))
  return Number(info.match(/process_id:(\d+)/)?.[1])
}

async function setting(url: string, name: string): Promise<string | undefined> {
  const answer = await ask(url, (client) => client.config('GET', name))
  return (Array.isArray(answer) ? answer[1] : (answer as Record<string, string>)[name]) as string | undefined
}

/** A server that somebody else started, answering at `socket`. */
async function startForeign(socket: string): Promise<ChildProcess> {
  await mkdir(dirname(socket), { recursive: true })
  const foreign = spawn(program, ['--port', '0', '--unixsocket', socket, '--dir', home], { stdio: 'ignore' })
  children.push(foreign)
  expect(await processId(socket)).toBe(foreign.pid)
  return foreign
}

test('it starts a server that keeps what it is given and that no other user of the machine reaches', async () => {
  const redis = await openHere()
  expect(redis.server).toMatch(/^(redis|valkey) \d+\.\d+/)
  const wanted = {
    appendonly: 'yes',
    appendfsync: 'everysec',
    save: '',
    'maxmemory-policy': 'noeviction',
    'hash-max-listpack-value': '1024',
    port: '0',
    dir: (await preparePlaces(home)).data,
  }
  for (const [name, value] of Object.entries(wanted))
    expect([name, await setting(redis.url, name)]).toEqual([name, value])
  expect((await stat(join(home, 'redis'))).mode & 0o777).toBe(0o700)
})

test('a second user joins, and the last one to close stops the server', async () => {
  const first = await openHere()
  const second = await openHere()
  expect(await processId(second.url)).toBe(await processId(first.url))
  await first.close()
  await first.close()
  expect(await ask(second.url, (client) => client.ping())).toBe('PONG')
  await second.close()
  expect(await isLocked(join(home, 'redis', 'server.lock'))).toBe(false)
})

test('processes that start at the same time end with one server', { timeout: startMs * 2 }, async () => {
  const [redis] = await Promise.all([openHere(), openElsewhere(), openElsewhere(), openHere()])
  const pid = await processId(redis.url)
  for (const child of children) await end(child, 'SIGKILL')
  expect(await processId((await openHere()).url)).toBe(pid)
})

test('a Ctrl-C at the terminal does not reach the server, and what was left behind is joined', {
  timeout: startMs,
}, async () => {
  const child = await openElsewhere()
  const { socket } = await preparePlaces(home)
  const pid = await processId(`unix://${socket}`)
  const exited = once(child, 'exit')
  process.kill(-child.pid!, 'SIGINT')
  await exited
  const redis = await openHere()
  expect(await processId(redis.url)).toBe(pid)
  await redis.close()
  expect(await isLocked(join(home, 'redis', 'server.lock'))).toBe(false)
})

test('what a killed server leaves is cleared away and its data are kept', { timeout: startMs }, async () => {
  const child = await openElsewhere()
  const { socket, pidFile } = await preparePlaces(home)
  await ask(socket, (client) => client.set('kept', 'yes'))
  await end(child, 'SIGKILL')
  process.kill(Number(await readFile(pidFile, 'utf8')), 'SIGKILL')
  await vi.waitUntil(async () => !(await isLocked(join(home, 'redis', 'server.lock'))), { timeout: startMs })
  expect((await stat(socket)).isSocket()).toBe(true)
  const redis = await openHere()
  expect(await ask(redis.url, (client) => client.get('kept'))).toBe('yes')
})

test('a server that dies under its users is started again with its data', { timeout: startMs }, async () => {
  const [redis] = await Promise.all([openHere(), openHere()])
  await ask(redis.url, (client) => client.set('kept', 'yes'))
  const before = await processId(redis.url)
  process.kill(before, 'SIGKILL')
  const after = await vi.waitUntil(
    async () => {
      const pid = await processId(redis.url).catch(() => before)
      return pid !== before && pid
    },
    { timeout: startMs },
  )
  expect(after).not.toBe(before)
  expect(await ask(redis.url, (client) => client.get('kept'))).toBe('yes')
})

test('a server that dies just as it is joined is not waited for as one that loads', { timeout: startMs }, async () => {
  const { socket, serverLock } = await preparePlaces(home)
  const lock = await takeLock(serverLock)
  const dying = createServer((connection) => {
    connection.destroy()
    dying.close()
    void lock!.close()
  })
  await new Promise<void>((resolve) => dying.listen(socket, resolve))
  const redis = await openHere()
  expect(await processId(redis.url)).toBeGreaterThan(0)
})

test('a server whose socket was deleted is replaced: two never write the same files', {
  timeout: startMs,
}, async () => {
  const redis = await openHere()
  const { socket, serverLock } = await preparePlaces(home)
  const before = await processId(redis.url)
  await rm(socket)
  const joined = await openHere()
  expect(await processId(joined.url)).not.toBe(before)
  expect(() => process.kill(before, 0)).toThrow('ESRCH')
  expect(await takeLock(serverLock)).toBeNull()
})

test("somebody else's server at our socket is left alone", async () => {
  const { socket } = await preparePlaces(home)
  const foreign = await startForeign(socket)
  await expect(openLocalRedis({ home, path: '', log: silent })).rejects.toMatchObject({ code: 'redis_unavailable' })
  expect(await processId(socket)).toBe(foreign.pid)
})

test('a server on the PATH is started', async () => {
  const bin = join(home, 'redis', 'bin')
  const path = join(home, 'path')
  await mkdir(path)
  await rm(bin, { recursive: true })
  await symlink(program, join(path, basename(program).includes('valkey') ? 'valkey-server' : 'redis-server'))
  const redis = await openLocalRedis({ home, path, log: silent })
  opened.push(redis)
  expect(await ask(redis.url, (client) => client.ping())).toBe('PONG')
})

test('without any rung there is one error with the three ways out, and no lock is kept', async () => {
  await rm(join(home, 'redis', 'bin'), { recursive: true })
  await expect(openLocalRedis({ home, path: '', log: silent })).rejects.toMatchObject({ code: 'redis_unavailable' })
  const lock = await takeLock(join(home, 'redis', 'users.lock'))
  expect(lock).not.toBeNull()
  await lock?.close()
})

test('a home whose path is too long for a socket, or needs escaping, works all the same', async () => {
  const far = join(home, 'a folder', 'with-a-long-name-'.repeat(6), 'home')
  await mkdir(join(far, 'redis', 'bin'), { recursive: true })
  await symlink(program, join(far, 'redis', 'bin', 'redis-server'))
  const redis = await openLocalRedis({ home: far, path: '', log: silent })
  opened.push(redis)
  const socket = redis.url.slice('unix://'.length)
  expect(Buffer.byteLength(socket)).toBeLessThanOrEqual(103)
  expect((await stat(dirname(socket))).mode & 0o777).toBe(0o700)
  await redis.close()
  await rm(dirname(socket), { recursive: true })
})

test('what was taken out of a server is in none of its files once it has been stopped', async () => {
  const redis = await openHere()
  await ask(redis.url, async (client) => {
    await client.set('text', 'words-of-a-person')
    await client.del('text')
    await client.set('kept', 'a-setting')
  })
  await redis.close()
  const { data } = await preparePlaces(home)
  const files = (await readdir(data, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile())
  const contents = await Promise.all(files.map((file) => readFile(join(file.parentPath, file.name), 'latin1')))
  expect(contents.join()).not.toContain('words-of-a-person')
  expect(contents.join()).toContain('kept')
})
