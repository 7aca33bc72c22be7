import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'

/** A file of lines that is not complete, under a name of its own. */
export type StagedFile = Awaited<ReturnType<typeof stageFile>>

export async function stageFile(path: string) {
  const file = await open(path, 'wx')
  const hash = createHash('sha256')
  let waiting: Buffer[] = []
  let bytes = 0
  let longestLine = 0

  async function flush(): Promise<void> {
    const chunk = Buffer.concat(waiting)
    waiting = []
    hash.update(chunk)
    await file.appendFile(chunk)
  }

  return {
    path,
    bytes: () => bytes,
    longestLine: () => longestLine,
    /** Its line break included. Held until `flush`. */
    add(line: Buffer): void {
      waiting.push(line)
      bytes += line.length
      longestLine = Math.max(longestLine, line.length)
    },
    flush,
    /** Once it is on the disk. */
    async finish(): Promise<{ sha256: string }> {
      await flush()
      await file.sync()
      await file.close()
      return { sha256: hash.digest('hex') }
    },
    abandon: () => file.close(),
  }
}
