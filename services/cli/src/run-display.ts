import type { RunObservation } from '@idiolect/runtime/run-progress'
import { createLogUpdate } from 'log-update'

import { runLine, runLines } from './run-lines.ts'

// A log should tell that the run lives without filling up.
const plainIntervalMs = 10_000

const usualColumns = 80

export type RunDisplay = { phase(text: string): void; update(observation: RunObservation): void; stop(): void }

/** Shows a run while it goes on: a table that renews itself on a terminal, a line every ten seconds elsewhere. Writes to `stream` only. */
export function runDisplay(stream: NodeJS.WriteStream): RunDisplay {
  return stream.isTTY ? tableDisplay(stream) : plainDisplay(stream)
}

/** The lines for a terminal, which some count as full one character early. */
export function linesFor(stream: NodeJS.WriteStream, observation: RunObservation): string {
  return runLines(observation, (stream.columns || usualColumns) - 1).join('\n')
}

function tableDisplay(stream: NodeJS.WriteStream): RunDisplay {
  const table = createLogUpdate(stream)
  let shown: RunObservation | null = null
  const draw = () => {
    if (shown !== null) table(linesFor(stream, shown))
  }
  return {
    phase(text) {
      if (shown === null) stream.write(`${text} …\n`)
    },
    update(observation) {
      if (shown === null) stream.on('resize', draw)
      shown = observation
      draw()
    },
    stop() {
      if (shown === null) return
      stream.off('resize', draw)
      table.done()
    },
  }
}

function plainDisplay(stream: NodeJS.WriteStream): RunDisplay {
  let shownAtMs = Number.NEGATIVE_INFINITY
  let latest: RunObservation | null = null
  const show = () => {
    if (latest !== null) stream.write(`${runLine(latest)}\n`)
    latest = null
  }
  return {
    phase(text) {
      stream.write(`${text} …\n`)
    },
    update(observation) {
      latest = observation
      const now = performance.now()
      if (now - shownAtMs < plainIntervalMs) return
      shownAtMs = now
      show()
    },
    stop: show,
  }
}
