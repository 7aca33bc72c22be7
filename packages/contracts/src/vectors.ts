import { endianness } from 'node:os'

import { IdiolectError } from './errors.ts'

const bytesPerFloat = 4

/**
 * Rows of equal length as the records carry them: little-endian float32, one row after the other, base64
 * (384 dimensions: 2,048 characters a row, against some 8,000 as JSON numbers).
 */
export function encodeVectors(rows: readonly Float32Array[]): string {
  const dimensions = rows[0]?.length ?? 0
  const matrix = new Float32Array(rows.length * dimensions)
  for (const [index, row] of rows.entries()) {
    if (row.length !== dimensions) {
      throw new IdiolectError('internal', `Vectors of ${dimensions} and of ${row.length} dimensions in one list`)
    }
    matrix.set(row, index * dimensions)
  }
  return littleEndian(Buffer.from(matrix.buffer)).toString('base64')
}

/**
 * The rows of `encodeVectors`, as views of one buffer.
 * @throws IdiolectError `invalid_record` where the text does not hold whole rows of `dimensions` numbers
 */
export function decodeVectors(base64: string, dimensions: number): Float32Array[] {
  const bytes = Buffer.from(base64, 'base64')
  const rowBytes = dimensions * bytesPerFloat
  if (bytes.length % rowBytes !== 0) {
    throw new IdiolectError('invalid_record', `${bytes.length} bytes are no whole vectors of ${dimensions} dimensions`)
  }
  // Small buffers lie at odd offsets of a pool, which no Float32Array can look at: one copy of all rows.
  const matrix = new Float32Array(bytes.length / bytesPerFloat)
  Buffer.from(matrix.buffer).set(littleEndian(bytes))
  return Array.from({ length: bytes.length / rowBytes }, (_, row) =>
    matrix.subarray(row * dimensions, (row + 1) * dimensions),
  )
}

function littleEndian(bytes: Buffer): Buffer {
  return endianness() === 'LE' ? bytes : bytes.swap32()
}
