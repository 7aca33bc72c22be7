import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { IdiolectError } from '@idiolect/contracts/errors'
import type { Queues } from '@idiolect/runtime/queues'
import { type RunObservation, runObserver } from '@idiolect/runtime/run-progress'
import { isUnderWay, type Run } from '@idiolect/runtime/run-store'
import { Command } from 'commander'

import { linesFor, runDisplay } from '../run-display.ts'
import { statusOf } from '../run-lines.ts'
import { print, type Surroundings } from '../surroundings.ts'
import { waitForRun } from '../wait-for-run.ts'
import { withQueues } from '../with-queues.ts'

// Rates need two looks a second apart.
const secondLookMs = 1_200

export function statusCommand(surroundings: Surroundings): Command {
  return new Command('status')
    .argument('<run>', 'the run as "idiolect runs" lists it, or its output folder')
    .option('--watch', 'stay until the run has finished', false)
    .option('--json', 'print the result as JSON', false)
    .action(async (name: string, { watch, json }: { watch: boolean; json: boolean }) => {
      const { stdout, stderr, signal } = surroundings
      await withQueues(surroundings, async (queues) => {
        const { id, status } = await findRun(queues, name)
        const isWatched = watch && isUnderWay(status)
        if (isWatched) {
          const display = runDisplay(stderr)
          await waitForRun(queues, id, { onProgress: display.update, signal }).finally(display.stop)
        }
        const observation = await look(queues, { id, rates: isUnderWay(status) && !watch, signal })
        const { run } = observation
        const head = `${run.id} · ${statusOf(run)} · ${run.out}`
        // A terminal still shows what was watched last.
        const text = isWatched && stderr.isTTY ? head : `${head}\n${linesFor(stdout, observation)}`
        print(surroundings, json, plain(observation), text)
      })
    })
}

/** @throws IdiolectError `run_unknown` */
async function findRun({ store }: Queues, name: string): Promise<Run> {
  const known = await store.find(name)
  if (known !== null) return known
  if (!existsSync(name)) return store.get(name)
  const out = resolve(name)
  const run = (await store.list()).find((each) => each.out === out)
  if (run === undefined) throw new IdiolectError('run_unknown', `Redis knows no run that fills ${out}`)
  return run
}

type Look = { id: string; rates: boolean; signal: AbortSignal }

async function look(queues: Queues, { id, rates, signal }: Look): Promise<RunObservation> {
  const observer = runObserver(queues)
  const observe = async () => (await observer.observe([await queues.store.get(id)]))[0]!
  const first = await observe()
  if (!rates) return first
  await sleep(secondLookMs, undefined, { signal })
  return observe()
}

/** The observation without the run's configuration. */
function plain({ run, ...observation }: RunObservation) {
  return { run: run.id, status: statusOf(run), out: run.out, ...observation }
}
