import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'

import { IdiolectError } from '@idiolect/contracts/errors'

const chunkBytes = 1_048_576

/** 300 numbers take 3,000 bytes; a file without lines, a picture say, must not be gathered in memory. */
const maxLineBytes = 1_048_576

const newline = 0x0a

/**
 * Calls `visit` with each line of a file, without its end and counted from 1; unpacked where the file begins like gzip.
 * A line is a view that is valid until `visit` returns.
 * @throws IdiolectError `input_missing` where there is no such file, `input_truncated` where gzip data end early,
 * `input_unusable` where they are damaged, for a folder, and for a line longer than a megabyte
 */
export async function readLines(path: string, visit: (line: Buffer, lineNumber: number) => void): Promise<void> {
  let rest: Buffer = Buffer.alloc(0)
  let lineNumber = 0
  for await (const chunk of readChunks(path)) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    let start = 0
    for (let end = bytes.indexOf(newline); end !== -1; end = bytes.indexOf(newline, start)) {
      lineNumber += 1
      visit(bytes.subarray(start, end), lineNumber)
      start = end + 1
    }
    rest = bytes.subarray(start)
    if (rest.length > maxLineBytes) {
      throw new IdiolectError('input_unusable', `${path}: line ${lineNumber + 1} is too long. Give a text file`)
    }
  }
  if (rest.length > 0) visit(rest, lineNumber + 1)
}

async function* readChunks(path: string): AsyncGenerator<Buffer> {
  try {
    const packed = await isGzip(path)
    const file = createReadStream(path, { highWaterMark: chunkBytes })
    // An error of either comes out of the last, and leaving early closes both.
    yield* packed ? pipeline(file, createGunzip({ chunkSize: chunkBytes }), () => {}) : file
  } catch (error) {
    throw readError(path, error)
  }
}

async function isGzip(path: string): Promise<boolean> {
  const file = await open(path)
  try {
    const { buffer } = await file.read(Buffer.alloc(2), 0, 2, 0)
    return buffer[0] === 0x1f && buffer[1] === 0x8b
  } finally {
    await file.close()
  }
}

const faults = {
  ENOENT: ['input_missing', 'there is no such file'],
  EISDIR: ['input_unusable', 'is a folder, not a file'],
  Z_BUF_ERROR: ['input_truncated', 'is cut off, its gzip data end early. Copy it again'],
  Z_DATA_ERROR: ['input_unusable', 'is damaged, its gzip data do not unpack. Copy it again'],
} as const

function readError(path: string, cause: unknown): unknown {
  const systemCode = cause instanceof Error && 'code' in cause ? cause.code : undefined
  const [code, fault] = faults[systemCode as keyof typeof faults] ?? []
  return code === undefined ? cause : new IdiolectError(code, `${path}: ${fault}`, { cause })
}
