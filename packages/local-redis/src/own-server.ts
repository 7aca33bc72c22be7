import { spawn } from 'node:child_process'
import { open, readFile, stat } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { IdiolectError } from '@idiolect/contracts/errors'
import { Redis } from 'ioredis'

import { isLocked, takeLock, waitForLock } from './file-lock.ts'
import type { Places } from './places.ts'
import { parseInfo } from './server-info.ts'

/** A large append-only file is read before the server answers: about 1 GB in 10 s. */
const loadTimeoutMs = 120_000
/** A server that lives opens its socket at once, before it reads its file. */
const openTimeoutMs = 3_000
const strangerTimeoutMs = 2_000
const reconnectMs = 25
const stopTimeoutMs = 20_000
/** A queue that is left full writes some 100 MB a second; what does not end in time is left to the next stop. */
const rewriteTimeoutMs = 10_000
const rewritePollMs = 10

/**
 * The connection to the server of these places; null where none of ours is alive.
 * The caller holds the turn lock. One that is alive and cannot be reached any more (its socket was deleted) is ended.
 * @throws IdiolectError `redis_unavailable` where somebody else's server answers at our socket; it is left alone.
 */
export async function joinOwnServer(places: Places): Promise<Redis | null> {
  if (!(await isLocked(places.serverLock))) {
    const stranger = await connect(places.socket, { openMs: 0, answerMs: strangerTimeoutMs })
    if (stranger === null) return null
    stranger.disconnect()
    throw new IdiolectError(
      'redis_unavailable',
      `A server that idiolect did not start answers at ${places.socket}. Stop it, or set REDIS_URL to use it.`,
    )
  }
  const connection = await connect(places.socket, { openMs: openTimeoutMs, answerMs: loadTimeoutMs })
  if (connection !== null && (await isOurs(connection, places))) return connection
  connection?.disconnect()
  await endServer(places)
  return null
}

/**
 * Starts `program` apart from our process group, so that a Ctrl-C at the terminal does not reach it.
 * @throws IdiolectError `redis_unavailable` with the last line of the server's log.
 */
export async function startOwnServer(program: string, places: Places): Promise<Redis> {
  const lock = await takeLock(places.serverLock)
  if (lock === null) throw new IdiolectError('redis_unavailable', `${places.serverLock} is held by another server`)
  const log = await open(places.logFile, 'w', 0o600)
  const server = spawn(program, settings(places), { detached: true, stdio: ['ignore', log.fd, log.fd, lock.fd] })
  const died = new Promise<null>((resolve) => {
    server.once('error', () => resolve(null))
    server.once('exit', () => resolve(null))
  })
  server.unref()
  await Promise.all([log.close(), lock.close()])
  const connection = await connect(places.socket, { openMs: loadTimeoutMs, answerMs: loadTimeoutMs, giveUp: died })
  if (connection !== null) return connection
  throw new IdiolectError('redis_unavailable', `${program} did not start: ${await lastLine(places.logFile)}`)
}

/** Stops the server behind `connection` and returns when its process is gone. Its data stay. The caller holds the turn lock. */
export async function stopOwnServer(connection: Redis, places: Places): Promise<void> {
  await rewriteHistory(connection)
  // The answer to SHUTDOWN is a closed connection; anything else means that it refused, say with a full disk.
  await connection.shutdown().catch(() => undefined)
  connection.disconnect()
  const gone = await waitForLock(places.serverLock, { timeoutMs: stopTimeoutMs })
  await gone?.close()
  if (gone === null) await endServer(places)
}

/** The append-only file holds every text that was ever queued until it is written anew, which takes 0.1 s with little in Redis. */
async function rewriteHistory(connection: Redis): Promise<void> {
  const deadline = performance.now() + rewriteTimeoutMs
  // A full disk, say: the next stop tries again.
  let pending = await connection.bgrewriteaof().then(
    () => true,
    () => false,
  )
  while (pending && performance.now() < deadline) {
    await sleep(rewritePollMs)
    const info = parseInfo(await connection.info('persistence').catch(() => ''))
    pending = ['aof_rewrite_in_progress', 'aof_rewrite_scheduled'].some((field) => info.get(field) === '1')
  }
}

/** ENGINE 4: append-only and noeviction are what BullMQ needs; the longer listpacks take 22–55 % off a job's memory. */
function settings(places: Places): string[] {
  return [
    ['--port', '0'],
    ['--unixsocket', places.socket],
    ['--unixsocketperm', '700'],
    ['--dir', places.data],
    ['--pidfile', places.pidFile],
    ['--daemonize', 'no'],
    ['--protected-mode', 'yes'],
    ['--appendonly', 'yes'],
    ['--appendfsync', 'everysec'],
    ['--save', ''],
    ['--auto-aof-rewrite-percentage', '100'],
    ['--auto-aof-rewrite-min-size', '64mb'],
    ['--maxmemory-policy', 'noeviction'],
    // The name that 6.2 knows; later servers take it for hash-max-listpack-value.
    ['--hash-max-ziplist-value', '1024'],
  ].flat()
}

interface Patience {
  /** How long nobody may listen at the socket. */
  openMs: number
  /** How long a listener may take until it is ready. */
  answerMs: number
  /** Ends the attempt when it settles. */
  giveUp?: Promise<null>
}

/** A connection that is ready and does not reconnect; null where patience ran out. */
async function connect(socket: string, { openMs, answerMs, giveUp }: Patience): Promise<Redis | null> {
  let deadline = performance.now() + openMs
  const redis = new Redis(socket, {
    maxRetriesPerRequest: null,
    retryStrategy: () => (performance.now() < deadline ? reconnectMs : null),
  })
  redis.on('error', () => undefined)
  redis.on('connect', () => {
    deadline = performance.now() + answerMs
  })
  // A server that dies may still have taken the connection: then nobody listens any more, and that is not waited for as an answer is.
  redis.on('close', () => {
    deadline = Math.min(deadline, performance.now() + openMs)
  })
  const ready = new Promise<Redis | null>((resolve) => {
    redis.once('ready', () => resolve(redis))
    redis.once('end', () => resolve(null))
  })
  const timeout = AbortSignal.timeout(openMs + answerMs)
  const late = new Promise<null>((resolve) => timeout.addEventListener('abort', () => resolve(null)))
  const connection = await Promise.race([ready, late, ...(giveUp === undefined ? [] : [giveUp])])
  deadline = 0
  if (connection === null) redis.disconnect()
  return connection
}

async function isOurs(connection: Redis, places: Places): Promise<boolean> {
  const answered = parseInfo(await connection.info('server').catch(() => '')).get('process_id')
  return answered !== undefined && answered === (await writtenPid(places))
}

/** Kills the holder of the server lock; the lock proves that the process number in the file is its. */
async function endServer(places: Places): Promise<void> {
  const pid = Number(await writtenPid(places))
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    if (pid > 0 && (await isLocked(places.serverLock))) process.kill(pid, signal)
    const gone = await waitForLock(places.serverLock, { timeoutMs: stopTimeoutMs })
    await gone?.close()
    if (gone !== null) return
  }
  throw new IdiolectError(
    'redis_unavailable',
    `The Redis of ${places.folder} runs, does not answer and cannot be stopped`,
  )
}

async function writtenPid(places: Places): Promise<string> {
  return (await readFile(places.pidFile, 'utf8').catch(() => '')).trim()
}

async function lastLine(file: string): Promise<string> {
  if ((await stat(file)).size === 0) return 'it said nothing'
  return (await readFile(file, 'utf8')).trimEnd().split('\n').at(-1) ?? ''
}
