import { setTimeout as sleep } from 'node:timers/promises'

import { type Random, seededRandom } from './random.ts'

/** Undoes a fault, such as a disk that is full; a kill has nothing to undo. */
type Undo = () => unknown

export type Fault = {
  name: string
  /** Half as much at least, half as much again at most. */
  everyMs: number
  /** How long it lasts, at least and at most. */
  lastsMs?: readonly [number, number]
  /** Does the damage, as soon as there is something to damage. */
  strike(random: Random, signal: AbortSignal): Promise<Undo> | Undo
}

export const nothingToUndo: Undo = () => undefined

export type Strikes = Record<string, number>

export type StrikeOptions = {
  seed: string
  /** Resolves when it is to be over. */
  over: Promise<unknown>
  log: (line: string) => void
  signal: AbortSignal
}

// Every kind comes soon for the first time.
const firstMs = 10_000

/**
 * All faults at once, each kind by itself again and again until it is `over`, once at least. When a kind strikes and whom follows
 * from the seed. What lasts has been undone when this returns or throws.
 */
export async function strikeAll(faults: readonly Fault[], options: StrikeOptions): Promise<Strikes> {
  const startedAt = performance.now()
  const strikes: Strikes = Object.fromEntries(faults.map(({ name }) => [name, 0]))
  const failed = new AbortController()
  const signal = AbortSignal.any([options.signal, failed.signal])
  let isOver = false
  const over = options.over.then(() => {
    isOver = true
  })

  const strikeAgainAndAgain = async ({ name, everyMs, lastsMs, strike }: Fault): Promise<void> => {
    const random = seededRandom(`${options.seed} ${name}`)
    await sleep(random.between(0, Math.min(everyMs, firstMs)), undefined, { signal })
    do {
      const lengthMs = lastsMs === undefined ? 0 : random.between(...lastsMs)
      const undo = await strike(random, signal)
      strikes[name]! += 1
      options.log(`${seconds(performance.now() - startedAt)} ${name}${lengthMs > 0 ? ` for ${seconds(lengthMs)}` : ''}`)
      try {
        await sleep(lengthMs, undefined, { signal })
      } finally {
        await undo()
      }
      const pauseMs = Math.max(0, random.between(0.5, 1.5) * everyMs - lengthMs)
      await Promise.race([sleep(pauseMs, undefined, { signal }), over])
    } while (!isOver)
  }

  const all = faults.map((fault) =>
    strikeAgainAndAgain(fault).catch((error: Error) => {
      failed.abort(error)
      throw error
    }),
  )
  await Promise.allSettled(all)
  signal.throwIfAborted()
  return strikes
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`
}
