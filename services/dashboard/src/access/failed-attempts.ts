export type FailedAttempts = { isBlocked(address: string): boolean; add(address: string): void }

/**
 * Counts failed logins by address. A blocked one is refused with the right token too: a guess is not to be told from a hit.
 * Memory stays small, since what is older than the window is let go at each failure.
 */
export function failedAttempts({
  most = 10,
  windowMs = 60_000,
  nowMs = () => performance.now(),
}: {
  most?: number
  windowMs?: number
  nowMs?: () => number
} = {}): FailedAttempts {
  const failures = new Map<string, number[]>()
  const recent = (address: string): number[] =>
    (failures.get(address) ?? []).filter((atMs) => atMs > nowMs() - windowMs)
  return {
    isBlocked: (address) => recent(address).length >= most,
    add(address) {
      for (const known of failures.keys()) if (recent(known).length === 0) failures.delete(known)
      failures.set(address, [...recent(address), nowMs()].slice(-most))
    },
  }
}
