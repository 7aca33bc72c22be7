import { type RunObservation, runObserver } from '@idiolect/runtime/run-progress'
import { Command } from 'commander'

import { statusOf } from '../run-lines.ts'
import { print, type Surroundings } from '../surroundings.ts'
import { plainTable } from '../table.ts'
import { withQueues } from '../with-queues.ts'

export function runsCommand(surroundings: Surroundings): Command {
  return new Command('runs')
    .option('--json', 'print the result as JSON', false)
    .action(async ({ json }: { json: boolean }) => {
      const runs = await withQueues(surroundings, async (queues) => {
        return (await runObserver(queues).observe(await queues.store.list())).map(describe)
      })
      const rows = runs.map(({ run, status, committed, failed, targets, out }) => {
        return [run, status, committed, failed, targets, out]
      })
      const table = plainTable(['run', 'status', 'done', 'failed', 'targets', 'out'], rows)
      print(
        surroundings,
        json,
        runs,
        rows.length === 0 ? 'No runs yet; "idiolect run --help" shows how to start one.' : table,
      )
    })
}

/** What can be told at one look, which is no rates. */
function describe({ run, committed, failed, targets, stages }: RunObservation) {
  return {
    run: run.id,
    status: statusOf(run),
    committed,
    failed,
    targets,
    out: run.out,
    createdAt: new Date(run.createdAt).toISOString(),
    stages: stages.map(({ stage, records, backlogRecords, backlogSeconds }) => {
      return { stage, records, backlogRecords, backlogSeconds }
    }),
  }
}
