/** LaMP's object around an array of records, up to the array's bracket. Its task is named before the array, or after it. */
export const goldsStart = /^\s*\{\s*(?:"task"\s*:\s*"[^"\\]*"\s*,\s*)?"golds"\s*:\s*\[/

/** What stands after the array. */
export const goldsEnd = /^(?:,\s*"task"\s*:\s*"[^"\\]*"\s*)?\}\s*$/

/** The bytes of such an object from its array on, with the line breaks before it, so that lines are counted as in the file. */
export async function* goldsArray(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let head: Buffer | null = Buffer.alloc(0)
  for await (const chunk of chunks) {
    if (head === null) {
      yield chunk
      continue
    }
    head = Buffer.concat([head, chunk])
    const start = goldsStart.exec(head.toString('latin1'))?.[0]
    if (start === undefined) continue
    yield Buffer.from(`${start.replaceAll(/[^\r\n]/g, '')}[`)
    yield head.subarray(start.length)
    head = null
  }
}
