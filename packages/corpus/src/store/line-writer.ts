import { mkdir, open, rename } from 'node:fs/promises'
import { dirname } from 'node:path'

import { IdiolectError } from '@idiolect/contracts/errors'

const bufferChars = 262_144

export interface LineWriter {
  write(line: string): Promise<void>
  /** The file appears under its name only now. */
  finish(): Promise<void>
  /** Closes the unfinished file. Does nothing after `finish`. */
  close(): Promise<void>
}

/** @throws IdiolectError `output_unwritable` where the file or its folder cannot be made. */
export async function createLineWriter(path: string): Promise<LineWriter> {
  const unfinished = `${path}.tmp`
  const file = await mkdir(dirname(path), { recursive: true })
    .then(() => open(unfinished, 'w'))
    .catch((cause: unknown) => {
      throw new IdiolectError('output_unwritable', `Cannot write ${path}`, { cause })
    })
  let waiting = ''
  let isOpen = true

  async function flush(): Promise<void> {
    await file.appendFile(waiting)
    waiting = ''
  }

  async function close(): Promise<void> {
    if (isOpen) await file.close()
    isOpen = false
  }

  return {
    async write(line) {
      waiting += line
      if (waiting.length > bufferChars) await flush()
    },
    async finish() {
      await flush()
      await close()
      await rename(unfinished, path)
    },
    close,
  }
}
