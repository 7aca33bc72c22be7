import { setTimeout as sleep } from 'node:timers/promises'

const pollMs = 100

/** Asks again and again until the answer is true; false where it is not within `withinMs`. */
export async function until(
  isSo: () => boolean | Promise<boolean>,
  { withinMs = Number.POSITIVE_INFINITY, signal }: { withinMs?: number; signal: AbortSignal },
): Promise<boolean> {
  const deadline = performance.now() + withinMs
  while (!(await isSo())) {
    if (performance.now() > deadline) return false
    await sleep(pollMs, undefined, { signal })
  }
  return true
}
