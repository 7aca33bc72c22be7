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

/** Similarity: the cosine, since embeddings have length 1. Summed in order, so that every machine gets the same. */
export function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0
  for (let index = 0; index < a.length; index += 1) sum += (a[index] as number) * (b[index] as number)
  return sum
}
