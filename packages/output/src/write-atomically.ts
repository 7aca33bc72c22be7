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
  const folder = dirname(path)
  const temporary = join(folder, `.${basename(path)}.${process.pid}-${randomBytes(4).toString('hex')}`)
  try {
    const file = await open(temporary, 'wx')
    try {
      for await (const chunk of chunks) await file.write(chunk as string)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
    await syncFolder(folder)
  } catch (cause) {
    await rm(temporary, { force: true })
    if (cause instanceof IdiolectError) throw cause
    const { code, message } = cause as NodeJS.ErrnoException
    throw new IdiolectError(
      'output_unwritable',
      `${path} cannot be written (${code ?? message}); free some space or choose another --out`,
      { cause },
    )
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
