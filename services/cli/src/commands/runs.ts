import type { Run } from '@idiolect/runtime/run-store'
import { Command } from 'commander'
import { print, type Surroundings } from '../surroundings.ts'
import { plainTable } from '../table.ts'
import { withQueues } from '../with-queues.ts'

export function runsCommand(surroundings: Surroundings): Command {
  return new Command('runs')
    .option('--json', 'print the result as JSON', false)
    .action(async ({ json }: { json: boolean }) => {
      const rows = await withQueues(surroundings, async ({ store }) => {
        const runs = await store.list()
        return Promise.all(runs.map(async (run) => describe(run, await store.committed(run.id))))
      })
      const table = plainTable(
        ['run', 'status', 'done', 'targets', 'out'],
        rows.map(({ run, status, committed, targets, out }) => [run, status, committed, targets, out]),
      )
      print(
        surroundings,
        json,
        rows,
        rows.length === 0 ? 'No runs yet; "idiolect run --help" shows how to start one.' : table,
      )
    })
}

function describe({ id, status, paused, targets, out, createdAt }: Run, committed: number) {
  return {
    run: id,
    status: paused ? 'paused' : status,
    committed,
    targets,
    out,
    createdAt: new Date(createdAt).toISOString(),
  }
}
