import { IdiolectError } from '@idiolect/contracts/errors'
import { InferenceSession, Tensor } from 'onnxruntime-node'

/** The ONNX graph of a causal language model with its KV cache as inputs and outputs. */
export type CausalGraph = {
  session: InferenceSession
  /** Per layer a key and a value: [name of the input, name of the output]. */
  caches: Array<[past: string, present: string]>
  /** The cache of a row holds `heads` × positions × `headSize` float32 a name. */
  heads: number
  headSize: number
  vocabularySize: number
}

/**
 * One thread by default: two processes do more than one process with two threads.
 * @throws IdiolectError `model_unsupported` where the inputs are not those of a causal language model with a float32 cache
 */
export async function openCausalGraph(path: string, vocabularySize: number, intraOpThreads = 1): Promise<CausalGraph> {
  const session = await InferenceSession.create(path, {
    graphOptimizationLevel: 'all',
    intraOpNumThreads: intraOpThreads,
    interOpNumThreads: 1,
  })
  const known = /^(input_ids|attention_mask|position_ids|num_logits_to_keep|past_key_values\.\d+\.(key|value))$/
  const unknown = session.inputNames.filter((name) => !known.test(name))
  const pasts = session.inputMetadata.filter(({ name }) => name.startsWith('past_key_values.'))
  const shape = pasts[0]?.isTensor && pasts[0].type === 'float32' ? pasts[0].shape : []
  const [, heads, , headSize] = shape
  if (unknown.length > 0 || typeof heads !== 'number' || typeof headSize !== 'number') {
    await session.release()
    const reason = unknown.length > 0 ? `it wants ${unknown.join(', ')}` : 'it has no float32 past_key_values'
    throw new IdiolectError(
      'model_unsupported',
      `${path} is not a causal language model that can be run here: ${reason}`,
    )
  }
  const caches = pasts.map(({ name }): [string, string] => [name, name.replace('past_key_values', 'present')])
  return { session, caches, heads, headSize, vocabularySize }
}

/** The inputs but for the cache: `ids` are [rows × length], each with its position; `mask` covers [rows × columns]. */
export function tokenFeeds(
  { session }: CausalGraph,
  tokens: { rows: number; ids: BigInt64Array; positions: BigInt64Array; mask: BigInt64Array },
): Record<string, Tensor> {
  const { rows, ids, positions, mask } = tokens
  const all: Record<string, Tensor> = {
    input_ids: new Tensor('int64', ids, [rows, ids.length / rows]),
    position_ids: new Tensor('int64', positions, [rows, ids.length / rows]),
    attention_mask: new Tensor('int64', mask, [rows, mask.length / rows]),
    num_logits_to_keep: new Tensor('int64', [1n], []),
  }
  return Object.fromEntries(session.inputNames.flatMap((name) => (all[name] ? [[name, all[name]]] : [])))
}
