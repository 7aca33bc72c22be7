// Small enough to wait for, large enough not to be a write a line.
const chunkCharacters = 65_536

/** Values as lines of JSON, some at a time; a value is taken only when the chunk before has been sent. */
export async function* ndjson(values: AsyncIterable<object> | Iterable<object>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder()
  let lines = ''
  for await (const value of values) {
    lines += `${JSON.stringify(value)}\n`
    if (lines.length < chunkCharacters) continue
    yield encoder.encode(lines)
    lines = ''
  }
  if (lines !== '') yield encoder.encode(lines)
}
