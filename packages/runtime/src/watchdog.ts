import { Worker } from 'node:worker_threads'

const beatMs = 1_000

// Nothing that a stage does on the event loop takes a tenth of it; inference runs elsewhere.
const maxMissedBeats = 60

// Plain JavaScript: a thread does not inherit the loader of TypeScript on Node 20. Beats are counted, not time, so that a machine
// that slept or a process that was stopped does not look like one that hangs.
const watcher = `
const { workerData } = require('node:worker_threads')
const beats = new Int32Array(workerData.beats)
let [seen, missed] = [-1, 0]
setInterval(() => {
  const now = Atomics.load(beats, 0)
  missed = now === seen ? missed + 1 : 0
  seen = now
  if (missed >= workerData.maxMissedBeats) process.kill(process.pid, 'SIGKILL')
}, workerData.beatMs)`

/**
 * Ends this process when its event loop stands still, as at a record that a stage never gets through with: what hangs cannot be
 * aborted, and its batches are another's once the locks lapse.
 */
export function startWatchdog(options: { beatMs?: number; maxMissedBeats?: number } = {}): { stop(): Promise<void> } {
  const settings = { beatMs, maxMissedBeats, ...options }
  const beats = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)
  const beat = setInterval(() => Atomics.add(new Int32Array(beats), 0, 1), settings.beatMs)
  beat.unref()
  const thread = new Worker(watcher, { eval: true, workerData: { beats, ...settings }, execArgv: [] })
  thread.unref()
  return {
    async stop() {
      clearInterval(beat)
      await thread.terminate()
    },
  }
}
