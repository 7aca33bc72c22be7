import type { TokenIdPair } from './token-ids.ts'

/** Bits of a block. 30, so that the sum of two blocks and a carry still is a 32-bit integer. */
const blockBits = 30
const fullBlock = 2 ** blockBits - 1

/**
 * Length of the longest common subsequence, in tokens.
 *
 * Bit-parallel (Hyyrö 2004): the shorter text lies in blocks of 30 bits and the longer one runs past each block, with one
 * carry a token from block to block. O(n · m / 30) time; memory grows with n + m, never with their product.
 */
export function lcsLength({ output, reference, distinct }: TokenIdPair): number {
  const [shorter, longer] = output.length < reference.length ? [output, reference] : [reference, output]
  const masks = new Int32Array(distinct)
  const carries = new Uint8Array(longer.length)
  let length = 0
  for (let start = 0; start < shorter.length; start += blockBits) {
    const block = shorter.subarray(start, start + blockBits)
    block.forEach((id, bit) => {
      masks[id]! |= 1 << bit
    })
    length += zeroBits(passBlock(longer, masks, carries))
    for (const id of block) masks[id] = 0
  }
  return length
}

/** The state of one block after the whole of `longer`: each zero bit is one more token in common. */
function passBlock(longer: Int32Array, masks: Int32Array, carries: Uint8Array): number {
  let state = fullBlock
  for (let at = 0; at < longer.length; at += 1) {
    const mask = masks[longer[at]!]!
    const sum = state + (state & mask) + carries[at]!
    carries[at] = sum >>> blockBits
    state = (sum & fullBlock) | (state & ~mask)
  }
  return state
}

function zeroBits(state: number): number {
  let ones = 0
  for (let rest = state; rest !== 0; rest &= rest - 1) ones += 1
  return blockBits - ones
}
