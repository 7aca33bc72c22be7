/** Candidates that are less probable than this share of the most probable one are left out: at high temperatures, noise. */
const minShare = 0.05

/** The id with the highest logit, the lowest of equals. */
export function mostProbable(logits: Float32Array): number {
  let best = 0
  for (let id = 1; id < logits.length; id += 1) if (logits[id]! > logits[best]!) best = id
  return best
}

/**
 * Draws an id by softmax(logits / temperature) among those with at least 5 % of the highest probability ("min-p").
 * @param random uniform in [0, 1)
 */
export function sample(logits: Float32Array, temperature: number, random: number): number {
  const best = mostProbable(logits)
  const threshold = logits[best]! + temperature * Math.log(minShare)
  let total = 0
  for (let id = 0; id < logits.length; id += 1) {
    if (logits[id]! >= threshold) total += Math.exp((logits[id]! - logits[best]!) / temperature)
  }
  let left = random * total
  for (let id = 0; id < logits.length; id += 1) {
    if (logits[id]! < threshold) continue
    left -= Math.exp((logits[id]! - logits[best]!) / temperature)
    if (left < 0) return id
  }
  return best
}

/** Uniform numbers in [0, 1) from a 32-bit seed. Source: mulberry32 (Tommy Ettinger, public domain). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
