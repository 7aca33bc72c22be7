import { Command } from 'commander'

import { enqueueRun } from '../enqueue-run.ts'
import { runDisplay } from '../run-display.ts'
import { type RunFlags, readRunRequest, withRunOptions } from '../run-options.ts'
import { print, type Surroundings, withRisk } from '../surroundings.ts'
import { withQueues } from '../with-queues.ts'

export function enqueueCommand(surroundings: Surroundings): Command {
  return withRunOptions(new Command('enqueue'))
    .option('--wait', 'stay until the run has finished', false)
    .action(async ({ wait, fresh, json, ...flags }: RunFlags & { wait: boolean }) => {
      const request = await readRunRequest({ ...flags, fresh, json }, { ...surroundings, here: false })
      const display = runDisplay(surroundings.stderr)
      const run = await withQueues(
        withRisk(surroundings, flags),
        (queues) => enqueueRun(request, { wait, fresh, queues, display, signal: surroundings.signal }),
        { forWork: true },
      )
      print(surroundings, json, { run, out: request.out }, run ?? `${request.out} holds this run already.`)
    })
}
