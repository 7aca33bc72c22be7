export type Closers = {
  /** What is to be done at the end, before what was pushed before it. */
  push(close: () => Promise<unknown>): void
  /** All of it, whatever goes wrong with one. */
  close(): Promise<void>
}

export function startClosers(): Closers {
  const closers: (() => Promise<unknown>)[] = []
  return {
    push: (close) => void closers.unshift(close),
    async close() {
      const errors: unknown[] = []
      for (const close of closers) await close().catch((error: unknown) => errors.push(error))
      if (errors.length > 0) throw new AggregateError(errors, 'not everything could be put away')
    },
  }
}
