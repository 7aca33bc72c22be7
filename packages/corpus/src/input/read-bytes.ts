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
 * @throws IdiolectError `input_truncated` where the gzip data ends early, `input_unusable` where they are damaged or followed by
 * anything but zeros, with which tapes and block devices fill up.
 */
export async function* readBytes(path: string, options: ReadBytesOptions): AsyncGenerator<Buffer> {
  const raw = rawBytes(path, options)
  const first = await raw.next()
  if (first.done) return
  const isGzip = first.value[0] === 0x1f && first.value[1] === 0x8b
  if (isGzip) {
    yield* gunzip(path, first.value, raw)
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
  const unpacked = createGunzip({ chunkSize: chunkBytes })
  /** Bytes handed over up to the end of `last`, the latest chunk. */
  let handedOver = 0
  let last = first
  async function* packed() {
    for (let chunk: Buffer | undefined = first; chunk !== undefined; chunk = (await rest.next()).value) {
      handedOver += chunk.length
      last = chunk
      yield chunk
    }
  }
  // The error reaches the reader of `unpacked`, which is destroyed with it.
  const fed = pipeline(Readable.from(packed()), unpacked).catch(() => {})
  try {
    for await (const chunk of unpacked) yield chunk
  } catch (error) {
    throw gzipError(path, error)
  }
  await fed
  refuseAfterGzip(path, last.subarray(last.length - (handedOver - unpacked.bytesWritten)))
  for await (const chunk of rest) refuseAfterGzip(path, chunk)
}

/** zlib passes over what follows the last member without a word. */
function refuseAfterGzip(path: string, rest: Buffer): void {
  if (rest.every((byte) => byte === 0)) return
  throw new IdiolectError('input_unusable', `Input ${path} is damaged: its gzip data are followed by something else`)
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
