import { stages } from '@idiolect/contracts/stages'

import type { Seen, Workforce } from './run-view.ts'

/** What is known of the runs. `answering` is false while Redis is silent; the rest is then as of `atMs`. */
export type FeedState = Seen & { answering: boolean; atMs: number }

export type RunFeed = {
  /** The state, at most `everyMs` old; after `patienceMs` of silence the last one that is known. */
  current(): Promise<FeedState>
  /** Calls `listener` after each look until the returned function is called. */
  subscribe(listener: (state: FeedState) => void): () => void
}

export type RunFeedOptions = {
  read: () => Promise<Seen>
  onError: (error: unknown) => void
  everyMs?: number
  patienceMs?: number
}

const nobody: Workforce = {
  workers: [],
  history: Object.fromEntries(stages.map((stage) => [stage, []])) as unknown as Workforce['history'],
}

/**
 * One look at Redis at a time, shared by all who ask: looks go on while anyone is subscribed, and end with the last.
 * A look that Redis does not answer stays the only one until it does, so nothing piles up behind a lost connection.
 */
export function runFeed({ read, onError, everyMs = 1_000, patienceMs = 3_000 }: RunFeedOptions): RunFeed {
  const listeners = new Set<(state: FeedState) => void>()
  let latest: FeedState = { answering: true, runs: [], workforce: nobody, atMs: Number.NEGATIVE_INFINITY }
  let looking: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined

  const publish = (state: FeedState): void => {
    latest = state
    for (const listener of listeners) listener(state)
  }
  const silent = (): void => publish({ ...latest, answering: false })

  const look = (): Promise<void> => {
    looking ??= new Promise((resolve) => {
      const patience = setTimeout(() => {
        silent()
        resolve()
      }, patienceMs)
      read()
        .then(
          (seen) => publish({ ...seen, answering: true, atMs: Date.now() }),
          (error) => {
            onError(error)
            silent()
          },
        )
        .finally(() => {
          clearTimeout(patience)
          looking = undefined
          resolve()
        })
    })
    return looking
  }

  const schedule = (): void => {
    if (listeners.size === 0) return
    timer ??= setTimeout(() => {
      timer = undefined
      void look().then(schedule)
    }, everyMs)
  }

  return {
    async current() {
      if (Date.now() - latest.atMs > everyMs) await look()
      return latest
    },

    subscribe(listener) {
      listeners.add(listener)
      if (timer === undefined) void look().then(schedule)
      return () => {
        listeners.delete(listener)
        if (listeners.size > 0) return
        clearTimeout(timer)
        timer = undefined
      }
    },
  }
}
