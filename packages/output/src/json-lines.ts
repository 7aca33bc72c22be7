import { createReadStream } from 'node:fs'

const lineFeed = 0x0a
const readBytes = 1_048_576

/** The lines of a file with their ends, some at a time, from the byte `start` on, which starts a line. */
export async function* jsonLines(path: string, start = 0): AsyncGenerator<Buffer[]> {
  let begun: Buffer[] = []
  const chunks: AsyncIterable<Buffer> = createReadStream(path, { start, highWaterMark: readBytes })
  for await (const chunk of chunks) {
    const lines: Buffer[] = []
    let next = 0
    for (let end = chunk.indexOf(lineFeed); end !== -1; end = chunk.indexOf(lineFeed, next)) {
      const rest = chunk.subarray(next, end + 1)
      lines.push(begun.length === 0 ? rest : Buffer.concat([...begun, rest]))
      begun = []
      next = end + 1
    }
    if (next < chunk.length) begun.push(chunk.subarray(next))
    if (lines.length > 0) yield lines
  }
  if (begun.length > 0) yield [Buffer.concat(begun)]
}
