import type { FileHandle } from 'node:fs/promises'
import { IdiolectError } from '@idiolect/contracts/errors'
import type { Redis } from 'ioredis'

import { takeLock, waitForLock } from './file-lock.ts'
import type { Log } from './log.ts'
import { joinOwnServer, startOwnServer, stopOwnServer } from './own-server.ts'
import { type Places, preparePlaces } from './places.ts'
import { serverName } from './server-info.ts'
import { findServerProgram } from './server-program.ts'

export interface LocalRedisOptions {
  /** The product's folder of this user, such as ~/.idiolect. One home has one server. */
  home: string
  /** As in the environment variable PATH: where server programs, apt-get and python3 are looked for. */
  path?: string
  log: Log
}

export interface LocalRedis {
  /** unix:///path/to/socket */
  url: string
  /** Such as `redis 7.0.15` or `valkey 9.1.2`. */
  server: string
  /** Gives the server back; the last user of a home stops it. May be called twice. */
  close(): Promise<void>
}

const standardPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/homebrew/bin'
/** Long enough for another process to install the server program first. */
const turnTimeoutMs = 300_000
/** A server that dies within this time of its start, so often in a row, is not started again. */
const shortLifeMs = 5_000
const maxShortLives = 3

/**
 * A Redis for one machine, without asking (DESIGN "Redis for one machine"): the server that already runs for this home; else one that
 * is started, with a program that is found or fetched. While it is open, a server of ours that dies is started again.
 * @throws IdiolectError `redis_unavailable` where there is no server to be had.
 */
export async function openLocalRedis(options: LocalRedisOptions): Promise<LocalRedis> {
  const places = await preparePlaces(options.home)
  const use = {
    places,
    path: options.path ?? standardPath,
    log: options.log,
    closing: false,
    shortLives: 0,
    rejoining: Promise.resolve(),
  }
  const lease = await takeLease(places)
  try {
    const connection = await inTurn(places, () => joinOrStart(use))
    const own: OwnRedis = { ...use, lease, connection }
    watch(own)
    return {
      url: `unix://${places.socket}`,
      server: serverName(await connection.info('server')),
      close: () => leave(own),
    }
  } catch (error) {
    await lease.close()
    throw error
  }
}

interface Use {
  places: Places
  path: string
  log: Log
  closing: boolean
  shortLives: number
  /** Waits for its turn to start the server again. */
  rejoining: Promise<void>
}

interface OwnRedis extends Use {
  lease: FileHandle
  connection: Redis
}

async function takeLease(places: Places): Promise<FileHandle> {
  // Exclusive only for the moment in which the last user decides to stop the server.
  const lease = await waitForLock(places.usersLock, { shared: true, timeoutMs: turnTimeoutMs })
  if (lease !== null) return lease
  throw new IdiolectError('redis_unavailable', `${places.usersLock} has been locked for minutes by another process`)
}

async function inTurn<T>(places: Places, act: () => Promise<T>): Promise<T> {
  const turn = await waitForLock(places.turnLock, { timeoutMs: turnTimeoutMs })
  if (turn === null) {
    throw new IdiolectError('redis_unavailable', `${places.turnLock} has been locked for minutes by another process`)
  }
  try {
    return await act()
  } finally {
    await turn.close()
  }
}

async function joinOrStart({ places, path, log }: Use): Promise<Redis> {
  const running = await joinOwnServer(places)
  if (running !== null) return running
  const program = await findServerProgram({ bin: places.bin, path, log })
  return startOwnServer(program, places)
}

/** Starts the server again when it dies under us: its append-only file has all but the last second. */
function watch(own: OwnRedis): void {
  const since = performance.now()
  own.connection.once('end', () => {
    if (own.closing) return
    own.shortLives = performance.now() - since < shortLifeMs ? own.shortLives + 1 : 0
    if (own.shortLives >= maxShortLives) return own.log.warn('Redis dies again and again; it is not started any more')
    own.log.warn('Redis has gone; starting it again')
    // Whoever closes meanwhile has given its lease back: then nobody would stop what is started here.
    const rejoin = async () => {
      if (own.closing) return
      own.connection = await joinOrStart(own)
      watch(own)
    }
    own.rejoining = inTurn(own.places, rejoin).catch((error: Error) => {
      own.log.warn(`Redis could not be started again: ${error.message}`)
    })
  })
}

async function leave(own: OwnRedis): Promise<void> {
  if (own.closing) return
  own.closing = true
  await inTurn(own.places, async () => {
    await own.lease.close()
    const last = await takeLock(own.places.usersLock)
    own.connection.disconnect()
    if (last === null) return
    try {
      const server = await joinOwnServer(own.places)
      if (server !== null) await stopOwnServer(server, own.places)
    } finally {
      await last.close()
    }
  })
  await own.rejoining
}
