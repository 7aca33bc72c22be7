import { setTimeout as sleep } from 'node:timers/promises'

import { type RunObservation, runObserver } from '@idiolect/runtime/run-progress'
import { Command } from 'commander'

import { progressLine, runDisplay } from '../run-display.ts'
import { print, type Surroundings } from '../surroundings.ts'
import { plainTable } from '../table.ts'
import { waitForRun } from '../wait-for-run.ts'
import { withQueues } from '../with-queues.ts'

// Rates need two looks a second apart.
const secondLookMs = 1_200

export function statusCommand(surroundings: Surroundings): Command {
  return new Command('status')
    .argument('<run>')
    .option('--watch', 'stay until the run has finished', false)
    .option('--json', 'print the result as JSON', false)
    .action(async (id: string, { watch, json }: { watch: boolean; json: boolean }) => {
      await withQueues(surroundings, async (queues) => {
        const run = await queues.store.get(id)
        if (watch) {
          const display = runDisplay(surroundings.stderr)
          await waitForRun(queues, id, { onProgress: display.update, signal: surroundings.signal }).finally(
            display.stop,
          )
        }
        const observer = runObserver(queues)
        await observer.observe([run])
        if (!watch) await sleep(secondLookMs, undefined, { signal: surroundings.signal })
        const [observation] = await observer.observe([await queues.store.get(id)])
        print(surroundings, json, plain(observation!), stageTable(observation!))
      })
    })
}

function stageTable(observation: RunObservation): string {
  const rows = observation.stages.map(({ stage, records, batchesWaiting, batchesActive, recordsPerSecond }) => {
    return [stage, records, batchesWaiting, batchesActive, recordsPerSecond?.toFixed(1) ?? '']
  })
  const table = plainTable(['stage', 'records', 'waiting batches', 'active batches', 'records/s'], rows)
  const { run } = observation
  return `${run.id} · ${run.paused ? 'paused' : run.status} · ${run.out}\n${table}\n${progressLine(observation)}`
}

/** The observation without the run's configuration. */
function plain({ run, ...observation }: RunObservation) {
  return { run: run.id, status: run.paused ? 'paused' : run.status, out: run.out, ...observation }
}
