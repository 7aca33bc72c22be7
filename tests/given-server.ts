import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { programForTests } from '@idiolect/local-redis/program-for-tests'
import { Redis } from 'ioredis'

export type GivenServer = {
  /** `unix:` and the path of its socket. */
  url: string
  /** An administrator's connection. */
  admin: Redis
  /** What the server had to say; ends with why it did not start. */
  said: () => string
  close(): Promise<void>
}

const durable = ['--appendonly', 'yes', '--maxmemory-policy', 'noeviction', '--save', '']

/** A Redis that somebody else looks after, as the settings say; null where the program does not take them. */
export async function startGivenServer(settings: string[], password?: string): Promise<GivenServer | null> {
  const dir = await mkdtemp(join(tmpdir(), 'idiolect-given-'))
  const socket = join(dir, 'server.sock')
  const here = ['--dir', dir, '--unixsocket', socket, '--protected-mode', 'yes']
  // The last of several values holds.
  const args = [...here, '--port', '0', ...durable, ...settings]
  const server = spawn(await programForTests(), args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [server.stdout, server.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk))
  const exited = once(server, 'exit')
  const admin = new Redis({
    path: socket,
    ...(password === undefined ? {} : { password }),
    maxRetriesPerRequest: null,
    retryStrategy: () => (isRunning(server) ? 20 : null),
  })
  admin.on('error', () => undefined)
  const close = async () => {
    admin.disconnect()
    if (isRunning(server)) server.kill('SIGKILL')
    await exited
    await rm(dir, { recursive: true, force: true })
  }
  const answered = await Promise.race([admin.ping().catch(() => null), exited.then(() => null)])
  if (answered === null) {
    await close()
    console.warn(`A Redis with ${settings.join(' ')} does not start here: ${said.trim().split('\n').at(-1)}`)
    return null
  }
  return { url: `unix://${socket}`, admin, said: () => said, close }
}

/** A port that nobody listens on at the moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

function isRunning(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null
}
