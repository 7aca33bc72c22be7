import { endianness } from 'node:os'

import { IdiolectError } from '@idiolect/contracts/errors'
import type { EmbeddedAuthor, Embeddings } from '@idiolect/contracts/records'
import { decodeVectors } from '@idiolect/contracts/vectors'

/** @throws IdiolectError `invalid_record` where the embed stage did not provide what the strategy needs */
export function embeddingsOf(author: EmbeddedAuthor): Embeddings {
  if (author.embeddings !== null) return author.embeddings
  throw new IdiolectError('invalid_record', 'the strategy compares vectors and the author has none')
}

/** @throws IdiolectError `invalid_record` unless there are exactly `count` rows of `dimensions` numbers */
export function vectorRows(base64: string | undefined, dimensions: number, count: number): Float32Array[] {
  const rows = decodeVectors(base64 ?? '', dimensions)
  if (rows.length === count) return rows
  throw new IdiolectError('invalid_record', `embeddings: ${rows.length} vectors where ${count} are needed`)
}

/**
 * The numbers of `count` rows, one row after the other, valid until the next call.
 * @throws IdiolectError `invalid_record` where there are more or fewer
 */
export type DecodeRows = (base64: string | undefined, dimensions: number, count: number) => Float32Array

/**
 * Memory for the rows of one author after the other, as large as the largest has needed: getting it anew for each takes
 * longer than the decoding (0.04 of 0.2 ms for 384 rows of 384). What was decoded last is not decoded again.
 */
export function openRowMemory(): DecodeRows {
  let numbers = new Float32Array(0)
  let held = { base64: '', size: 0 }
  return (base64 = '', dimensions, count) => {
    const size = count * dimensions
    if (base64 === held.base64 && size === held.size) return numbers
    held = { base64: '', size: 0 }
    // One number more, so that a row too many is seen.
    if (numbers.length <= size) numbers = new Float32Array(size + 1)
    const bytes = Buffer.from(numbers.buffer)
    const written = bytes.write(base64, 'base64')
    if (written !== size * numbers.BYTES_PER_ELEMENT) {
      const length = Buffer.byteLength(base64, 'base64')
      throw new IdiolectError(
        'invalid_record',
        `embeddings: ${length} bytes where ${count} × ${dimensions} numbers are needed`,
      )
    }
    if (endianness() === 'BE') bytes.swap32()
    held = { base64, size }
    return numbers
  }
}

/**
 * Similarity of a vector and the row of `rows` that begins at `start`: the cosine, since embeddings have length 1. Four sums,
 * which a processor works on at once, always the same four, so that every machine gets the same.
 */
export function dot(vector: Float32Array, rows: Float32Array, start = 0): number {
  const whole = vector.length - (vector.length % 4)
  let a = 0
  let b = 0
  let c = 0
  let d = 0
  for (let index = 0; index < whole; index += 4) {
    a += vector[index]! * rows[start + index]!
    b += vector[index + 1]! * rows[start + index + 1]!
    c += vector[index + 2]! * rows[start + index + 2]!
    d += vector[index + 3]! * rows[start + index + 3]!
  }
  for (let index = whole; index < vector.length; index += 1) a += vector[index]! * rows[start + index]!
  return a + b + (c + d)
}
