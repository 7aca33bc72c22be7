import { createHash, randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { IdiolectError } from '@idiolect/contracts/errors'
import type { Upload } from '@idiolect/contracts/http-api'

export type UploadStore = {
  /** @throws an error with `statusCode` 413, IdiolectError `output_unwritable` */
  add(content: Readable): Promise<Upload>
  /** @throws IdiolectError `input_missing` */
  find(upload: string): Promise<string>
}

// Longer than any upload takes: what is older is of a dashboard that was killed.
const unfinishedMs = 24 * 3600_000

class TooLarge extends Error {
  override name = 'TooLarge'
  statusCode = 413
}

/** Keeps what was sent under its digest, so that the same content again is the same file. Nobody else on the machine may read it. */
export function uploadStore(folder: string, mostBytes: number): UploadStore {
  const pathOf = (upload: string): string => join(folder, `${upload}.jsonl`)
  return {
    async add(content) {
      const hash = createHash('sha256')
      let bytes = 0
      const count = new Transform({
        transform(chunk: Buffer, _encoding, done) {
          bytes += chunk.length
          hash.update(chunk)
          if (bytes <= mostBytes) done(null, chunk)
          else
            done(new TooLarge(`An upload may have ${mostBytes} bytes at most; IDIOLECT_DASHBOARD_UPLOAD_BYTES sets it`))
        },
      })
      const unfinished = join(folder, `unfinished-${randomUUID()}`)
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 })
        await removeUnfinished(folder)
        await pipeline(content, count, createWriteStream(unfinished, { mode: 0o600, flush: true }))
        const upload = hash.digest('hex')
        await rename(unfinished, pathOf(upload))
        return { upload, bytes }
      } catch (cause) {
        await rm(unfinished, { force: true })
        const { code, syscall } = cause as NodeJS.ErrnoException
        if (cause instanceof TooLarge || syscall === undefined) throw cause
        throw new IdiolectError('output_unwritable', `The upload cannot be stored (${code})`, { cause })
      }
    },

    async find(upload) {
      const found = await stat(pathOf(upload)).catch(() => null)
      if (found === null) throw new IdiolectError('input_missing', `There is no upload ${upload}; send it again`)
      return pathOf(upload)
    },
  }
}

async function removeUnfinished(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.startsWith('unfinished-')) continue
    const path = join(folder, name)
    const found = await stat(path).catch(() => null)
    if (found !== null && Date.now() - found.mtimeMs > unfinishedMs) await rm(path, { force: true })
  }
}
