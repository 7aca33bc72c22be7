import { toUSVString } from 'node:util'

const loneSurrogate = /\p{Surrogate}/u

/** No byte of UTF-8, so that the line it stands in is found to be badly encoded. */
const invalidByte = Buffer.of(0xff)

/** Takes off a byte order mark and turns UTF-16, which only the mark tells, into UTF-8. Everything else passes unchanged. */
export async function* toUtf8(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let head: Buffer | null = Buffer.alloc(0)
  let decode: (chunk: Buffer) => Buffer = (chunk) => chunk
  for await (const chunk of chunks) {
    if (head === null) {
      yield decode(chunk)
      continue
    }
    head = Buffer.concat([head, chunk])
    if (head.length < 3) continue
    const mark = byteOrderMark(head)
    if (mark.encoding !== 'utf8') decode = utf16Decoder(mark.encoding)
    yield decode(head.subarray(mark.bytes))
    head = null
  }
  if (head !== null && head.length > 0) yield head.subarray(byteOrderMark(head).bytes)
}

function byteOrderMark(head: Buffer): { encoding: 'utf8' | 'utf16le' | 'utf16be'; bytes: number } {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return { encoding: 'utf8', bytes: 3 }
  if (head[0] === 0xff && head[1] === 0xfe) return { encoding: 'utf16le', bytes: 2 }
  if (head[0] === 0xfe && head[1] === 0xff) return { encoding: 'utf16be', bytes: 2 }
  return { encoding: 'utf8', bytes: 0 }
}

function utf16Decoder(encoding: 'utf16le' | 'utf16be'): (chunk: Buffer) => Buffer {
  let carried: Buffer = Buffer.alloc(0)
  return (chunk) => {
    const bytes = Buffer.concat([carried, chunk])
    const units = bytes.subarray(0, bytes.length - (bytes.length % 2))
    if (encoding === 'utf16be') units.swap16()
    // A high surrogate at the end waits for its other half.
    const keep = units.length > 0 && (units[units.length - 1]! & 0xfc) === 0xd8 ? 2 : 0
    carried = Buffer.from(bytes.subarray(units.length - keep))
    if (encoding === 'utf16be' && keep > 0) carried.subarray(0, 2).swap16()
    return encodeUtf8(units.toString('utf16le', 0, units.length - keep))
  }
}

function encodeUtf8(text: string): Buffer {
  if (toUSVString(text) === text) return Buffer.from(text)
  const parts = text.split(loneSurrogate).flatMap((part) => [invalidByte, Buffer.from(part)])
  return Buffer.concat(parts.slice(1))
}
