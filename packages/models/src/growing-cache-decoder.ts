import { Tensor } from 'onnxruntime-node'

import { type CausalGraph, tokenFeeds } from './causal-graph.ts'
import type { Decoder } from './decoder.ts'

type Row = { length: number; cache: Tensor[]; logits: Float32Array }

/** One row at a time, each with a cache that the model returns longer by a token: slower, and right for every graph. */
export function growingCacheDecoder(graph: CausalGraph): Decoder {
  const { session, caches, heads, headSize, vocabularySize } = graph
  let rows: Row[] = []

  const append = async (row: Row, ids: readonly number[]) => {
    const feeds = tokenFeeds(graph, {
      rows: 1,
      ids: BigInt64Array.from(ids, BigInt),
      positions: BigInt64Array.from(ids, (_, index) => BigInt(row.length + index)),
      mask: new BigInt64Array(row.length + ids.length).fill(1n),
    })
    for (const [index, [past]] of caches.entries()) feeds[past] = row.cache[index]!
    const outputs = await session.run(feeds)
    row.cache = caches.map(([, present]) => outputs[present] as Tensor)
    row.logits = ((outputs.logits as Tensor).data as Float32Array).subarray(-vocabularySize)
    row.length += ids.length
  }

  return {
    begin(count) {
      const empty = () => new Tensor('float32', new Float32Array(0), [1, heads, 0, headSize])
      rows = Array.from({ length: count }, () => ({ length: 0, cache: caches.map(empty), logits: new Float32Array(0) }))
    },
    read: (row, ids) => append(rows[row]!, ids),
    async step(ids) {
      for (const [index, row] of rows.entries()) await append(row, [ids[index]!])
    },
    logits: (row) => rows[row]!.logits,
    remove(row) {
      const last = rows.pop()!
      if (row < rows.length) rows[row] = last
    },
  }
}
