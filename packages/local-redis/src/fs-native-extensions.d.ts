declare module 'fs-native-extensions' {
  /** False where another open file holds the lock. Linux: OFD locks; macOS: flock. Both end with the last descriptor. */
  export function tryLock(fd: number, options?: { shared?: boolean }): boolean
  export function unlock(fd: number): void
}
