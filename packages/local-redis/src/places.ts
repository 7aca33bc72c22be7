import { createHash } from 'node:crypto'
import { chmod, mkdir, realpath } from 'node:fs/promises'
import { join } from 'node:path'

/** Where the one Redis of a home keeps its things. All folders are closed to other users of the machine. */
export interface Places {
  folder: string
  data: string
  /** Server programs that were fetched. */
  bin: string
  socket: string
  logFile: string
  /** The server's own process number, written by the server. */
  pidFile: string
  /** Held while somebody decides whether to start, join or stop. */
  turnLock: string
  /** Held, shared, by every process that uses the server. */
  usersLock: string
  /** Held by the server process itself, which inherits it: locked exactly as long as a server of ours lives. */
  serverLock: string
}

/** `sun_path` holds 108 bytes on Linux, its closing zero included, and 104 on macOS. */
const maxSocketBytes = 103

/**
 * Makes the folders of `home` and names the files in them.
 * The socket stands beside them unless its path is too long for the kernel or needs escaping in a URL; then it has a folder of its own under /tmp.
 */
export async function preparePlaces(home: string): Promise<Places> {
  await mkdir(home, { recursive: true, mode: 0o700 })
  const folder = join(await realpath(home), 'redis')
  const data = join(folder, 'data')
  const bin = join(folder, 'bin')
  for (const each of [folder, data, bin]) await mkdir(each, { recursive: true, mode: 0o700 })
  await chmod(folder, 0o700)
  return {
    folder,
    data,
    bin,
    socket: await socketPath(folder),
    logFile: join(folder, 'server.log'),
    pidFile: join(folder, 'server.pid'),
    turnLock: join(folder, 'turn.lock'),
    usersLock: join(folder, 'users.lock'),
    serverLock: join(folder, 'server.lock'),
  }
}

async function socketPath(folder: string): Promise<string> {
  const beside = join(folder, 'server.sock')
  if (Buffer.byteLength(beside) <= maxSocketBytes && /^[\w./-]+$/.test(beside)) return beside
  const key = createHash('sha256').update(folder).digest('hex').slice(0, 12)
  const short = join('/tmp', `idiolect-${process.getuid?.()}-${key}`)
  await mkdir(short, { recursive: true, mode: 0o700 })
  // Fails where the folder belongs to somebody else, which is what it is for.
  await chmod(short, 0o700)
  return join(short, 'server.sock')
}
