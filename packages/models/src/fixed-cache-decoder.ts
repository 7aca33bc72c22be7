import { Tensor } from 'onnxruntime-node'

import { type CausalGraph, tokenFeeds } from './causal-graph.ts'
import type { Decoder } from './decoder.ts'
import { runInPlace } from './in-place-run.ts'

/**
 * Answers begin at a multiple of so many columns. The number of masked columns before the answer of a row then differs by
 * multiples of it from batch to batch, and so the vector lanes that its sums are taken in (8, with AVX-512 16) do not: a
 * row has, bit for bit, the logits that it has alone. Without it 7 of 12 texts depended on their batch.
 */
const columnAlignment = 16

/**
 * The cache of all rows lies in fixed buffers [rows, heads, capacity, headSize] that are the model's input and its output
 * at once, so a step writes one column and copies nothing (SmolLM2-135M, eight rows of 700 tokens, one thread: 66 … 72
 * tokens per CPU-second; 34 … 41 with the binding's copies; transformers.js, whose cache grows by copying, 20).
 *
 * Columns: row r's prompt fills [0, length r); the answers of all rows begin at the same column; what lies between is
 * masked. For graphs whose attention goes by the mask alone (see `findDecoder`).
 */
export function fixedCacheDecoder(graph: CausalGraph): Decoder {
  const { session, caches, heads, headSize, vocabularySize } = graph
  const buffers = caches.map(() => new Float32Array(0))
  let logits = new Float32Array(0)
  let capacity = 0
  let answerColumn = 0
  let lengths: number[] = []
  let steps = 0

  const rowFloats = () => heads * capacity * headSize
  const cacheTensors = (from: number, rows: number) =>
    buffers.map(
      (buffer) =>
        new Tensor('float32', buffer.subarray(from * rowFloats(), (from + rows) * rowFloats()), [
          rows,
          heads,
          capacity,
          headSize,
        ]),
    )
  const run = async (tokens: Parameters<typeof tokenFeeds>[1], cache: Tensor[], output: Tensor) => {
    const feeds = tokenFeeds(graph, tokens)
    const fetches: Record<string, Tensor> = { logits: output }
    for (const [index, [past, present]] of caches.entries()) {
      feeds[past] = cache[index]!
      fetches[present] = cache[index]!
    }
    await runInPlace(session, feeds, fetches)
  }

  return {
    begin(rows, longestPrompt, longestAnswer) {
      answerColumn = Math.ceil(longestPrompt / columnAlignment) * columnAlignment
      capacity = answerColumn + longestAnswer
      for (const [index, buffer] of buffers.entries()) {
        // Masked columns still take part with weight zero, so they must hold numbers: fresh arrays are zero, old ones finite.
        if (buffer.length < rows * rowFloats()) buffers[index] = new Float32Array(rows * rowFloats())
      }
      if (logits.length < rows * vocabularySize) logits = new Float32Array(rows * vocabularySize)
      lengths = new Array<number>(rows).fill(0)
      steps = 0
    },
    async read(row, ids) {
      const before = lengths[row]!
      const keepsLast = session.inputNames.includes('num_logits_to_keep')
      const view = this.logits(row)
      const output = keepsLast ? view : new Float32Array(ids.length * vocabularySize)
      await run(
        {
          rows: 1,
          ids: BigInt64Array.from(ids, BigInt),
          positions: BigInt64Array.from(ids, (_, index) => BigInt(before + index)),
          mask: new BigInt64Array(before + ids.length).fill(1n),
        },
        cacheTensors(row, 1),
        new Tensor('float32', output, [1, output.length / vocabularySize, vocabularySize]),
      )
      if (!keepsLast) view.set(output.subarray(-vocabularySize))
      lengths[row] = before + ids.length
    },
    async step(ids) {
      const rows = lengths.length
      const columns = answerColumn + steps + 1
      const mask = new BigInt64Array(rows * columns).fill(1n)
      for (const [row, length] of lengths.entries()) mask.fill(0n, row * columns + length, row * columns + answerColumn)
      await run(
        {
          rows,
          ids: BigInt64Array.from(ids, BigInt),
          positions: BigInt64Array.from(lengths, (length) => BigInt(length + steps)),
          mask,
        },
        cacheTensors(0, rows),
        new Tensor('float32', logits.subarray(0, rows * vocabularySize), [rows, 1, vocabularySize]),
      )
      steps += 1
    },
    logits: (row) => logits.subarray(row * vocabularySize, (row + 1) * vocabularySize),
    remove(row) {
      const last = lengths.length - 1
      if (row !== last) {
        for (const buffer of buffers) buffer.copyWithin(row * rowFloats(), last * rowFloats(), (last + 1) * rowFloats())
        lengths[row] = lengths[last]!
      }
      lengths.pop()
    },
  }
}
