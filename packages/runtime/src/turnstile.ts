export type Turnstile = {
  /** Runs beside others. */
  shared<T>(work: () => Promise<T>): Promise<T>
  /** Waits until nothing else runs, and lets nothing else begin. */
  alone<T>(work: () => Promise<T>): Promise<T>
}

/** Work of one process that runs side by side, or alone. Who waits to be alone is not overtaken. */
export function turnstile(): Turnstile {
  const running = new Set<Promise<unknown>>()
  let last: Promise<unknown> = Promise.resolve()

  const begin = async <T>(work: () => Promise<T>, isAlone: boolean): Promise<T> => {
    const before = last
    let enter: (value?: unknown) => void = () => undefined
    last = new Promise((resolve) => {
      enter = resolve
    })
    await before
    if (isAlone) await Promise.allSettled([...running])
    const done = work()
    running.add(done)
    const settled = done.catch(() => undefined).then(() => running.delete(done))
    if (isAlone) void settled.then(enter)
    else enter()
    return done
  }

  return { shared: (work) => begin(work, false), alone: (work) => begin(work, true) }
}
