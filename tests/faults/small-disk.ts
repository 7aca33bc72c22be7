import { execFile } from 'node:child_process'
import { mkdir, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

export type SmallDisk = {
  /** Takes what is free to the last byte, until it is undone. */
  fill(): Promise<() => Promise<void>>
  unmount(): Promise<void>
}

/**
 * Mounts a disk of so many megabytes of memory at `folder`.
 * @returns the reason as a line where that cannot be done, as where this is not root on Linux
 */
export async function mountSmallDisk(folder: string, megabytes: number): Promise<SmallDisk | string> {
  await mkdir(folder, { recursive: true })
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder])
  } catch (error) {
    return `no small disk can be mounted here (${(error as Error).message.trim().split('\n').at(-1)})`
  }
  const filler = join(folder, 'filler')
  return {
    async fill() {
      await writeUntilFull(filler)
      return () => rm(filler, { force: true })
    },
    async unmount() {
      await run('umount', [folder])
    },
  }
}

async function writeUntilFull(path: string): Promise<void> {
  const file = await open(path, 'w')
  try {
    for (let bytes = 16_777_216; bytes >= 1; ) {
      try {
        await file.appendFile(Buffer.alloc(bytes))
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
        bytes >>= 4
      }
    }
  } finally {
    await file.close()
  }
}
