import { randomBytes } from 'node:crypto'
import { open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

import { IdiolectError } from '@idiolect/contracts/errors'

/**
 * A file that is there whole or not at all, also after a power cut: temporary name, fsync, rename, fsync of the folder.
 * @throws IdiolectError `output_unwritable`
 */
export async function writeAtomically(
  path: string,
  chunks: AsyncIterable<string | Buffer> | Iterable<string | Buffer>,
): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}-${randomBytes(4).toString('hex')}`)
  try {
    const file = await open(temporary, 'wx')
    try {
      // Unlike `write` it goes on after a part was taken, as by a disk that is nearly full.
      for await (const chunk of chunks) await file.appendFile(chunk)
      await file.sync()
    } finally {
      await file.close()
    }
    await moveInto(path, temporary)
  } catch (cause) {
    await rm(temporary, { force: true })
    throw unwritable(path, cause)
  }
}

/** Gives a file that is on the disk its name, for good. */
export async function moveInto(path: string, temporary: string): Promise<void> {
  await rename(temporary, path)
  const folder = await open(dirname(path), 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

/** What to throw where writing `path` failed with `cause`. */
export function unwritable(path: string, cause: unknown): IdiolectError {
  if (cause instanceof IdiolectError) return cause
  const { code, message } = cause as NodeJS.ErrnoException
  return new IdiolectError(
    'output_unwritable',
    `${path} cannot be written (${code ?? message}); free some space or choose another --out`,
    { cause },
  )
}
