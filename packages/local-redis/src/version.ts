/** Below this BullMQ warns, and some of the commands that it uses are missing. */
export const leastVersion = '6.2'

/** Orders `7.0.15` and `6.2` by their numbers; what is missing counts as 0. */
export function isAtLeast(version: string, least: string): boolean {
  const [have, want] = [version, least].map((text) => text.split('.').map((part) => Number.parseInt(part, 10) || 0))
  for (let place = 0; place < 3; place++) {
    const difference = (have?.[place] ?? 0) - (want?.[place] ?? 0)
    if (difference !== 0) return difference > 0
  }
  return true
}
