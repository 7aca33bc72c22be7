import { type Stage, stages } from '@idiolect/contracts/stages'
import { slotMs } from '@idiolect/runtime/observe-workers'

import type { Workforce } from './run-view.ts'

type Curves = Record<string, (number | null)[]>

/** Of the last hour, all runs together: `seconds` is Unix time; each curve has a value for each of them. */
export type ChartData = { seconds: number[]; records: Curves; busy: Curves; tokens: Curves }

const hourMs = 3_600_000

/**
 * Rates in slots of ten seconds. The slot that still fills is left out: it would look like a standstill.
 * @param nowMs by the clock of this machine; where there are workers, theirs counts, which is that of Redis
 */
export function chartData({ workers, history }: Workforce, nowMs: number): ChartData {
  const earliest = Math.min(...stages.map((stage) => history[stage][0]?.atMs ?? Number.POSITIVE_INFINITY))
  const clockMs = workers.length === 0 ? nowMs : Math.max(...workers.map(({ seenAt }) => seenAt))
  const newest = Math.floor(clockMs / slotMs) * slotMs - slotMs
  const from = Math.max(earliest, newest - hourMs)
  const times: number[] = []
  for (let atMs = from; atMs <= newest; atMs += slotMs) times.push(atMs)

  const curve = (stage: Stage, figure: (slot: Workforce['history'][Stage][number]) => number): number[] => {
    const slots = new Map(history[stage].map((slot) => [slot.atMs, slot]))
    return times.map((atMs) => {
      const slot = slots.get(atMs)
      return slot === undefined ? 0 : rounded(figure(slot))
    })
  }
  const curves = (figure: (slot: Workforce['history'][Stage][number]) => number): Curves =>
    Object.fromEntries(stages.map((stage) => [stage, curve(stage, figure)]))
  const perSecond = 1000 / slotMs

  return {
    seconds: times.map((atMs) => atMs / 1000),
    records: curves(({ records }) => records * perSecond),
    busy: curves(({ busyMs }) => busyMs / slotMs),
    tokens: {
      read: sum(stages.map((stage) => curve(stage, ({ promptTokens }) => promptTokens * perSecond))),
      written: sum(stages.map((stage) => curve(stage, ({ completionTokens }) => completionTokens * perSecond))),
    },
  }
}

function sum(curves: number[][]): number[] {
  return (curves[0] ?? []).map((_, index) => rounded(curves.reduce((total, curve) => total + curve[index]!, 0)))
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100
}
