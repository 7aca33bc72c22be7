import { existsSync } from 'node:fs'
import { resolve } from 'node:path'

import { IdiolectError } from '@idiolect/contracts/errors'
import type { FailureSelection } from '@idiolect/output/failed-record'
import { readFolder } from '@idiolect/output/manifest'
import { reopenFailed } from '@idiolect/output/reopen-failed'
import { isUnderWay } from '@idiolect/runtime/run-store'
import { Command } from 'commander'

import { enqueueRun } from '../enqueue-run.ts'
import { executeRun } from '../execute-run.ts'
import type { RunRequest } from '../prepare-run.ts'
import { readSelectors } from '../read-selectors.ts'
import { reportRun } from '../report-run.ts'
import { runDisplay } from '../run-display.ts'
import { allowUnsafeRedis, type Surroundings, withRisk } from '../surroundings.ts'
import { withQueues } from '../with-queues.ts'

type Flags = Omit<FailureSelection, 'ids'> & {
  id?: string[]
  enqueue: boolean
  allowViolations: boolean
  allowUnsafeRedis?: boolean
  json: boolean
}

export function retryCommand(surroundings: Surroundings): Command {
  return new Command('retry')
    .argument('<run>', 'the output folder, or the run as "idiolect runs" lists it')
    .option('--code <code>', 'only what failed with this code, as failures.jsonl has it')
    .option('--stage <stage>', 'only what failed in this stage')
    .option('--message <message>', 'only what failed with this message')
    .option('--id <id...>', 'only these records')
    .option('--enqueue', 'put it on the queues of REDIS_URL, for workers elsewhere', false)
    .option('--allow-violations', 'dataset: do not fail where the audit finds something', false)
    .option(...allowUnsafeRedis)
    .option('--json', 'print the result as JSON', false)
    .action(async (run: string, flags: Flags) => {
      const around = withRisk(surroundings, flags)
      const out = existsSync(run) ? resolve(run) : await folderOf(run, around)
      const request = await retryRequest(out, selectionOf(flags))
      const display = runDisplay(surroundings.stderr)
      if (flags.enqueue) {
        const id = await withQueues(
          around,
          (queues) => enqueueRun(request, { wait: false, fresh: false, queues, display, signal: surroundings.signal }),
          { forWork: true },
        )
        surroundings.stdout.write(`${id}\n`)
        return
      }
      await reportRun(await executeRun(request, { fresh: false, display, ...around }), request, {
        surroundings,
        ...flags,
      })
    })
}

function selectionOf({ code, stage, message, id }: Flags): FailureSelection {
  return {
    ...(code === undefined ? {} : { code }),
    ...(stage === undefined ? {} : { stage }),
    ...(message === undefined ? {} : { message }),
    ...(id === undefined ? {} : { ids: id }),
  }
}

/** Opens the folder for the failed records; the command that began the run is written down in it. */
async function retryRequest(out: string, selection: FailureSelection): Promise<RunRequest> {
  const found = await readFolder(out)
  if (found.state === 'empty') throw new IdiolectError('usage', `${out} holds no run`)
  const { manifest } = await reopenFailed(out, selection)
  const { config, inputs, requests, limit } = manifest
  const paths = (files: { path: string }[]) => files.map(({ path }) => path)
  return {
    inputs: paths(inputs),
    requests: paths(requests),
    out,
    config,
    limit,
    selectors: await readSelectors(config),
  }
}

async function folderOf(id: string, surroundings: Surroundings): Promise<string> {
  const { out, status } = await withQueues(surroundings, ({ store }) => store.get(id))
  if (isUnderWay(status))
    throw new IdiolectError('usage', `run ${id} is ${status}; what failed can be tried again once it has ended`)
  return out
}
