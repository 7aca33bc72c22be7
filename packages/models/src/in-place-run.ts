import { createRequire } from 'node:module'
import type { InferenceSession, Tensor } from 'onnxruntime-node'

/**
 * onnxruntime-node 1.30 copies each output into a new array even where it was written to a tensor of the caller's. With
 * the KV cache as output that is 0.4 GB a step, 115 of 240 ms for eight rows of 700 tokens (SmolLM2-135M, one thread).
 * The copies are made while the JavaScript tensors of the outputs are built, after the run itself. So the constructor
 * that the native side is given at its start gives up, on request, at the first of them. Where another version copies
 * less or starts otherwise, runs are as right as without this, and as fast as that version makes them.
 */
const outputsAreInPlace = new Error('The outputs are in the tensors of the caller')
let skipOutputs = false

const native = createRequire(import.meta.url)('onnxruntime-node/dist/binding.js') as {
  binding: { initOrtOnce(logLevel: number, tensor: typeof Tensor, ...rest: unknown[]): void }
}
const start = native.binding.initOrtOnce.bind(native.binding)
native.binding.initOrtOnce = (logLevel, tensor, ...rest) => {
  const construct = (target: typeof Tensor, values: unknown[]) => {
    if (skipOutputs) throw outputsAreInPlace
    return Reflect.construct(target, values) as object
  }
  start(logLevel, new Proxy(tensor, { construct }), ...rest)
}

/** Runs the model; its outputs are found in the tensors of `fetches`, which may share their memory with tensors of `feeds`. */
export async function runInPlace(
  session: InferenceSession,
  feeds: Record<string, Tensor>,
  fetches: Record<string, Tensor>,
): Promise<void> {
  // `session.run` itself works in a `setImmediate`; immediates run in their order, so these two enclose this run alone.
  setImmediate(() => {
    skipOutputs = true
  })
  const run = session.run(feeds, fetches)
  setImmediate(() => {
    skipOutputs = false
  })
  try {
    await run
  } catch (error) {
    if (error !== outputsAreInPlace) throw error
  }
}
