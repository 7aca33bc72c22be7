import type { CausalGraph } from './causal-graph.ts'
import type { Decoder } from './decoder.ts'
import { fixedCacheDecoder } from './fixed-cache-decoder.ts'
import { growingCacheDecoder } from './growing-cache-decoder.ts'

/** The fast decoder where the graph takes it. */
export async function findDecoder(graph: CausalGraph): Promise<Decoder> {
  return (await takesFixedCache(graph)) ? fixedCacheDecoder(graph) : growingCacheDecoder(graph)
}

/**
 * Root mean square of the difference between the logits of the two decoders, as a share of that of the logits. Other sums
 * before 8-bit rounding make 0.01 for SmolLM2; where the masked columns are not masked it is 0.45.
 */
const tolerance = 0.05

/**
 * Tried with two short rows of unlike length. A graph may refuse a cache that is longer than its text (the shape of its
 * output differs), or go by the number of tokens instead of their places.
 */
export async function takesFixedCache(graph: CausalGraph): Promise<boolean> {
  const expected = await trial(growingCacheDecoder(graph))
  const found = await trial(fixedCacheDecoder(graph)).catch(() => undefined)
  if (found === undefined) return false
  return rootMeanSquare(expected.map((value, id) => value - found[id]!)) < tolerance * rootMeanSquare(expected)
}

/** The logits of a step over a short row, whose masked columns lie before its last token, beside a longer one. */
async function trial(decoder: Decoder): Promise<Float32Array> {
  decoder.begin(2, 5, 1)
  await decoder.read(0, [40, 50, 60, 70, 80])
  await decoder.read(1, [90, 30])
  await decoder.step([45, 55])
  return decoder.logits(1).slice()
}

function rootMeanSquare(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length)
}
