import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'

import { IdiolectError } from '@idiolect/contracts/errors'

const chunkBytes = 262_144

export interface ReadBytesOptions {
  /** Gets every byte of the file as it lies on the disk. */
  onRaw: (chunk: Buffer) => void
  signal?: AbortSignal | undefined
}

/**
 * What a file holds, unpacked where it begins like gzip (one member or many), whatever its name.
 * @throws IdiolectError `input_truncated` where the gzip data ends early, `input_unusable` where they are damaged.
 */
export async function* readBytes(path: string, options: ReadBytesOptions): AsyncGenerator<Buffer> {
  const raw = rawBytes(path, options)
  const first = await raw.next()
  if (first.done) return
  const isGzip = first.value[0] === 0x1f && first.value[1] === 0x8b
  if (isGzip) {
    yield* gunzip(path, first.value, raw)
    for await (const _rest of raw); // what follows the last member belongs to the digest all the same
  } else {
    yield first.value
    yield* raw
  }
}

async function* rawBytes(path: string, { onRaw, signal }: ReadBytesOptions): AsyncGenerator<Buffer> {
  for await (const chunk of createReadStream(path, { highWaterMark: chunkBytes })) {
    signal?.throwIfAborted()
    onRaw(chunk)
    yield chunk
  }
}

async function* gunzip(path: string, first: Buffer, rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  async function* packed() {
    yield first
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value
  }
  const unpacked = createGunzip({ chunkSize: chunkBytes })
  // The error reaches the reader of `unpacked`, which is destroyed with it.
  const fed = pipeline(Readable.from(packed()), unpacked).catch(() => {})
  try {
    for await (const chunk of unpacked) yield chunk
  } catch (error) {
    throw gzipError(path, error)
  }
  await fed
}

function gzipError(path: string, cause: unknown): unknown {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  if (code === 'Z_BUF_ERROR') {
    return new IdiolectError('input_truncated', `Input ${path} is cut off: its gzip data ends early. Copy it again`, {
      cause,
    })
  }
  if (code === 'Z_DATA_ERROR') {
    return new IdiolectError('input_unusable', `Input ${path} is damaged: its gzip data does not unpack`, { cause })
  }
  return cause
}
