import { type FileHandle, open } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { tryLock } from 'fs-native-extensions'

/**
 * Locks that the kernel ends with the process that holds them, however it dies: nothing can go stale,
 * and no process number is ever taken for another's.
 */

const pollMs = 20

/** An open file with its lock, or null where somebody else holds it. Closing the file gives the lock back. */
export async function takeLock(file: string, options: { shared?: boolean } = {}): Promise<FileHandle | null> {
  const handle = await open(file, 'a+', 0o600)
  if (tryLock(handle.fd, { shared: options.shared ?? false })) return handle
  await handle.close()
  return null
}

/** Waits at most `timeoutMs` for the lock; null where that was not enough. */
export async function waitForLock(
  file: string,
  options: { shared?: boolean; timeoutMs: number },
): Promise<FileHandle | null> {
  const deadline = performance.now() + options.timeoutMs
  for (;;) {
    const handle = await takeLock(file, options)
    if (handle !== null || performance.now() >= deadline) return handle
    await sleep(pollMs)
  }
}

export async function isLocked(file: string): Promise<boolean> {
  const handle = await takeLock(file)
  await handle?.close()
  return handle === null
}
