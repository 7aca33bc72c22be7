import { IdiolectError } from '@idiolect/contracts/errors'
import type { EmbeddedAuthor, Embeddings } from '@idiolect/contracts/records'

/** Rows of equal length, one after the other. */
export type Vectors = { dimensions: number; values: Float32Array }

/** @throws IdiolectError `invalid_record` where the embed stage did not provide what the strategy needs. */
export function embeddingsOf(author: EmbeddedAuthor): Embeddings {
  if (author.embeddings === null)
    throw new IdiolectError('invalid_record', 'the strategy needs embeddings and the author has none')
  return author.embeddings
}

/**
 * @param base64 little-endian float32 rows
 * @throws IdiolectError `invalid_record` unless there are exactly `rows` rows
 */
export function decodeVectors(base64: string | undefined, dimensions: number, rows: number): Vectors {
  const bytes = Buffer.from(base64 ?? '', 'base64')
  if (bytes.length !== 4 * dimensions * rows) {
    throw new IdiolectError(
      'invalid_record',
      `embeddings: ${bytes.length} bytes where ${rows} rows of ${dimensions} float32 take ${4 * dimensions * rows}`,
    )
  }
  // A copy, since the bytes of a pooled buffer need not begin at a multiple of 4.
  return { dimensions, values: new Float32Array(new Uint8Array(bytes).buffer) }
}

/** Similarity of two rows; the cosine, since embeddings have length 1. Summed in order, so equal on every machine. */
export function dot(a: Vectors, rowA: number, b: Vectors, rowB: number): number {
  const { dimensions } = a
  const startA = rowA * dimensions
  const startB = rowB * dimensions
  let sum = 0
  for (let index = 0; index < dimensions; index += 1) {
    sum += (a.values[startA + index] as number) * (b.values[startB + index] as number)
  }
  return sum
}
