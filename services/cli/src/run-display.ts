import { stages } from '@idiolect/contracts/stages'
import type { RunObservation } from '@idiolect/runtime/run-progress'
import { MultiBar, Presets, type SingleBar } from 'cli-progress'

// A log should tell that the run lives without filling up.
const plainIntervalMs = 10_000

export type RunDisplay = { phase(text: string): void; update(observation: RunObservation): void; stop(): void }

/** Shows a run while it goes on: a bar a stage on a terminal, a line every ten seconds elsewhere. Writes to `stream` only. */
export function runDisplay(stream: NodeJS.WriteStream): RunDisplay {
  return stream.isTTY ? barDisplay(stream) : plainDisplay(stream)
}

function barDisplay(stream: NodeJS.WriteStream): RunDisplay {
  const bars = new Map<string, SingleBar>()
  let multi: MultiBar | null = null
  return {
    phase(text) {
      if (multi === null) stream.write(`${text} …\n`)
    },
    update(observation) {
      multi ??= new MultiBar(
        {
          stream,
          hideCursor: true,
          clearOnComplete: false,
          forceRedraw: true,
          format: '{stage} {bar} {value}/{total}  {rate}  {left}',
        },
        Presets.shades_classic,
      )
      for (const { stage, records, recordsPerSecond } of observation.stages) {
        const done = Math.min(records, observation.targets)
        const left = stage === stages.at(-1) ? timeLeft(observation) : ''
        const payload = { stage: stage.padEnd(10), rate: rateOf(recordsPerSecond).padStart(9), left }
        const bar = bars.get(stage)
        if (bar === undefined) bars.set(stage, multi.create(observation.targets, done, payload))
        else bar.update(done, payload)
      }
    },
    stop() {
      multi?.stop()
    },
  }
}

function plainDisplay(stream: NodeJS.WriteStream): RunDisplay {
  let shownAtMs = 0
  return {
    phase(text) {
      stream.write(`${text} …\n`)
    },
    update(observation) {
      const now = performance.now()
      if (now - shownAtMs < plainIntervalMs) return
      shownAtMs = now
      stream.write(`${progressLine(observation)}\n`)
    },
    stop() {},
  }
}

/** `12 of 40 done · embed 40, rank 40, summarize 24 … · 0.8/s · 35 s left`, for logs and `status`. */
export function progressLine(observation: RunObservation): string {
  const { committed, targets, failed } = observation
  const perStage = observation.stages.slice(0, -1).map(({ stage, records }) => `${stage} ${Math.min(records, targets)}`)
  const parts = [
    `${committed} of ${targets} done`,
    perStage.join(', '),
    rateOf(observation.recordsPerSecond),
    timeLeft(observation),
  ]
  if (failed > 0) parts.push(`${failed} failed`)
  return parts.filter((part) => part !== '').join(' · ')
}

function rateOf(recordsPerSecond: number | null): string {
  if (recordsPerSecond === null) return ''
  return `${recordsPerSecond >= 100 ? Math.round(recordsPerSecond) : recordsPerSecond.toPrecision(2)}/s`
}

function timeLeft({ etaSeconds, committed, targets }: RunObservation): string {
  if (committed >= targets) return 'done'
  if (etaSeconds === null) return ''
  const seconds = Math.ceil(etaSeconds)
  if (seconds < 120) return `${seconds} s left`
  if (seconds < 7200) return `${Math.round(seconds / 60)} min left`
  return `${(seconds / 3600).toFixed(1)} h left`
}
