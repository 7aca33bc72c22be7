import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'

/** `path` is within the output folder, with slashes. */
export type DataFile = { path: string; sha256: string }

/** The format of `sha256sum`, sorted by path. */
export function checksumLines(files: readonly DataFile[]): string {
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1))
  return sorted.map(({ path, sha256 }) => `${sha256}  ${path}\n`).join('')
}

/** SHA-256 of a file as hex. `sync`: waits until the file is on the disk. */
export async function digestOf(path: string, { sync = false } = {}): Promise<string> {
  const file = await open(path, sync ? 'r+' : 'r')
  try {
    if (sync) await file.sync()
    const hash = createHash('sha256')
    for await (const chunk of file.createReadStream({ autoClose: false, highWaterMark: 1_048_576 })) {
      hash.update(chunk as Buffer)
    }
    return hash.digest('hex')
  } finally {
    await file.close()
  }
}
