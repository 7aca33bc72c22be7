import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'

import { Redis } from 'ioredis'

import { freePort } from './free-port.ts'

export type MortalRedis = {
  port: number
  /** kill -9; returns when the process is gone. */
  kill(): Promise<void>
  /** On the same port, with what its append-only file holds; returns when it answers. */
  restart(): Promise<void>
  close(): Promise<void>
}

const reconnectMs = 25

/** A Redis of its own process on the loopback, set up as infra/redis.conf says, but for a file that is rewritten sooner. */
export async function startMortalRedis(program: string, folder: string): Promise<MortalRedis> {
  await mkdir(folder, { recursive: true })
  const port = await freePort()
  const settings = {
    port,
    bind: '127.0.0.1',
    dir: folder,
    logfile: 'redis.log',
    appendonly: 'yes',
    appendfsync: 'everysec',
    save: '',
    'auto-aof-rewrite-min-size': '8mb',
    'maxmemory-policy': 'noeviction',
  }
  const flags = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)])

  const start = async () => {
    const child = spawn(program, flags, { stdio: 'ignore' })
    const exited = once(child, 'exit')
    if (!(await answers(port, exited))) throw new Error(`Redis did not start: see ${folder}/redis.log`)
    return { child, exited }
  }

  let running = await start()
  const end = async (signal: 'SIGKILL' | 'SIGTERM') => {
    running.child.kill(signal)
    await running.exited
  }
  return {
    port,
    kill: () => end('SIGKILL'),
    async restart() {
      running = await start()
    },
    close: () => end('SIGTERM'),
  }
}

async function answers(port: number, exited: Promise<unknown>): Promise<boolean> {
  const redis = new Redis({ port, host: '127.0.0.1', maxRetriesPerRequest: null, retryStrategy: () => reconnectMs })
  redis.on('error', () => undefined)
  try {
    return await Promise.race([redis.ping().then(() => true), exited.then(() => false)])
  } finally {
    redis.disconnect()
  }
}
