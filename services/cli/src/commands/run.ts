import { Command } from 'commander'

import { executeRun } from '../execute-run.ts'
import { reportRun } from '../report-run.ts'
import { runDisplay } from '../run-display.ts'
import { type RunFlags, readRunRequest, withRunOptions } from '../run-options.ts'
import { type Surroundings, withRisk } from '../surroundings.ts'

type Flags = RunFlags & { allowViolations: boolean }

export function runCommand(surroundings: Surroundings): Command {
  return withRunOptions(new Command('run'))
    .option('--allow-violations', 'dataset: do not fail where the audit finds something', false)
    .action(async (flags: Flags) => {
      const request = await readRunRequest(flags, { ...surroundings, here: true })
      const display = runDisplay(surroundings.stderr)
      const outcome = await executeRun(request, { fresh: flags.fresh, display, ...withRisk(surroundings, flags) })
      await reportRun(outcome, request, { surroundings, ...flags })
    })
}
