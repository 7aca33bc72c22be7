/**
 * How many requests may be with a server at once: one more a round while it answers, half as many when it says that it has
 * too much to do (additive increase, multiplicative decrease, as in TCP).
 */
export type AdaptiveConcurrency = {
  limit(): number
  /** Resolves when a place is free, rejects with the signal's reason; each `enter` needs its `leave`. */
  enter(signal?: AbortSignal): Promise<void>
  leave(): void
  /** To be called when a request is sent, for what is said of it afterwards. */
  sent(): { succeeded(): void; overloaded(): void }
}

export function adaptiveConcurrency({ start, max }: { start: number; max: number }): AdaptiveConcurrency {
  let limit = Math.min(start, max)
  let inside = 0
  let decreases = 0
  const waiting: (() => void)[] = []

  function admit(): void {
    while (inside < Math.floor(limit) && waiting.length > 0) {
      inside += 1
      waiting.shift()!()
    }
  }

  return {
    limit: () => Math.floor(limit),
    enter(signal) {
      return new Promise((resolve, reject) => {
        signal?.throwIfAborted()
        const giveUp = () => {
          waiting.splice(waiting.indexOf(take), 1)
          reject(signal?.reason)
        }
        const take = () => {
          signal?.removeEventListener('abort', giveUp)
          resolve()
        }
        signal?.addEventListener('abort', giveUp, { once: true })
        waiting.push(take)
        admit()
      })
    },
    leave() {
      inside -= 1
      admit()
    },
    sent() {
      const decreasesBefore = decreases
      return {
        succeeded() {
          // A server that is asked for less than the limit says nothing about the limit.
          if (inside >= Math.floor(limit)) limit = Math.min(max, limit + 1 / limit)
          admit()
        },
        overloaded() {
          // The requests of one burst are refused together: that is one decrease, not one each.
          if (decreasesBefore !== decreases) return
          decreases += 1
          limit = Math.max(1, limit / 2)
        },
      }
    },
  }
}
