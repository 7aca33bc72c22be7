import { once } from 'node:events'
import { PassThrough } from 'node:stream'

/**
 * Hands the rows of one pass to a reader a key, which is started at the key's first row; what the readers return, by key.
 * At most some ten rows a key wait for their reader.
 */
export async function splitRows<Row, Result>(
  rows: AsyncIterable<Row>,
  options: { keyOf(row: Row): string; read(key: string, rows: AsyncIterable<Row>): Promise<Result> },
): Promise<Map<string, Result>> {
  const branches = new Map<string, { stream: PassThrough; result: Promise<Result> }>()
  try {
    for await (const row of rows) {
      const key = options.keyOf(row)
      let branch = branches.get(key)
      if (branch === undefined) {
        const stream = new PassThrough({ objectMode: true })
        branch = { stream, result: options.read(key, stream) }
        branch.result.catch(() => undefined)
        branches.set(key, branch)
      }
      // A reader that gives up reads no more: its error comes instead.
      if (!branch.stream.write(row)) await Promise.race([once(branch.stream, 'drain'), branch.result])
    }
  } catch (error) {
    for (const { stream } of branches.values()) stream.destroy()
    throw error
  }
  const results = new Map<string, Result>()
  for (const { stream } of branches.values()) stream.end()
  for (const [key, { result }] of branches) results.set(key, await result)
  return results
}
