/** Tokens a CPU-second that the bundled language model reads (prefill) and writes (decode), on one thread, in batches of eight. */
import { bundledModelFolder } from '@idiolect/bundled-models/bundled-model'
import { openCausalGraph } from '@idiolect/models/causal-graph'
import { findDecoder } from '@idiolect/models/find-decoder'

import { report } from './report.ts'

const rows = 8
/** A prompt of the generate stage: 2,500 characters of past passages, a summary, twenty words. */
const promptTokens = 700
const pieceTokens = 512
const answerTokens = 48
const vocabularySize = 49_152

const graph = await openCausalGraph(
  `${bundledModelFolder('SmolLM2-135M-Instruct')}/onnx/model_quantized.onnx`,
  vocabularySize,
)
const decoder = await findDecoder(graph)
decoder.begin(rows, promptTokens, answerTokens)

const prefill = await tokensPerSecond(rows * promptTokens, async () => {
  for (let row = 0; row < rows; row += 1) {
    await decoder.read(row, anyTokens(row, pieceTokens))
    await decoder.read(row, anyTokens(row, promptTokens - pieceTokens))
  }
})
const decode = await tokensPerSecond(rows * answerTokens, async () => {
  for (let step = 0; step < answerTokens; step += 1) await decoder.step(anyTokens(step, rows))
})
await graph.session.release()

report(`SmolLM2-135M, ${rows} rows of ${promptTokens} + ${answerTokens} tokens, one thread`, [
  { figure: 'prefill, tokens/CPU-second', value: prefill.cpu },
  { figure: 'decode, tokens/CPU-second', value: decode.cpu },
  { figure: 'prefill, tokens/second', value: prefill.wall },
  { figure: 'decode, tokens/second', value: decode.wall },
])

async function tokensPerSecond(tokens: number, work: () => Promise<void>): Promise<{ cpu: number; wall: number }> {
  const cpuStart = process.cpuUsage()
  const wallStart = performance.now()
  await work()
  const { user, system } = process.cpuUsage(cpuStart)
  return { cpu: tokens / ((user + system) / 1e6), wall: tokens / ((performance.now() - wallStart) / 1e3) }
}

/** Speed does not depend on which tokens they are. */
function anyTokens(seed: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => 100 + ((seed * 7919 + index * 104_729) % 40_000))
}
