import { drawFor } from '@idiolect/contracts/split'

/** A sample that is the same for any order of what is offered, and never holds more than twice its limit. */
export type HashSample<T> = {
  /** `make` is called only where the item may belong to the sample. */
  offer(id: string, make: () => T): void
  /** Those with the lowest draws, as many as the limit allows, by their draws. */
  items(): T[]
}

/** @param options.limit most that `sizeOf` may give for all items together */
export function sampleByHash<T>(options: { seed: number; limit: number; sizeOf: (item: T) => number }): HashSample<T> {
  const { seed, limit, sizeOf } = options
  let held: { draw: number; id: string; item: T }[] = []
  let size = 0
  let cut = 1

  const prune = (): void => {
    held.sort((a, b) => a.draw - b.draw || (a.id < b.id ? -1 : 1))
    size = 0
    for (const [place, { draw, item }] of held.entries()) {
      const grown = size + sizeOf(item)
      if (grown > limit) {
        cut = draw
        held = held.slice(0, place)
        return
      }
      size = grown
    }
  }

  return {
    offer(id, make) {
      const draw = drawFor([seed, 'sample', id])
      if (draw >= cut) return
      const item = make()
      held.push({ draw, id, item })
      size += sizeOf(item)
      if (size > 2 * limit) prune()
    },
    items() {
      prune()
      return held.map(({ item }) => item)
    },
  }
}
