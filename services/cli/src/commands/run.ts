import { Command } from 'commander'

import { executeRun, type RunOutcome } from '../execute-run.ts'
import { runDisplay } from '../run-display.ts'
import { type RunFlags, readRunRequest, withRunOptions } from '../run-options.ts'
import { print, type Surroundings } from '../surroundings.ts'

export function runCommand(surroundings: Surroundings): Command {
  return withRunOptions(new Command('run')).action(async (flags: RunFlags) => {
    const request = await readRunRequest(flags, { ...surroundings, here: true })
    const display = runDisplay(surroundings.stderr)
    const outcome = await executeRun(request, { fresh: flags.fresh, display, ...surroundings })
    print(surroundings, flags.json, outcome, summary(outcome))
  })
}

function summary({ state, out, counts }: RunOutcome): string {
  const { targets = 0, done = 0, failed = 0, rejected = 0 } = counts
  const lines = [
    state === 'unchanged'
      ? `${out} holds this run already.`
      : `${done} of ${targets} texts are in ${out}/generations.jsonl`,
  ]
  if (failed > 0) lines.push(`${failed} failed, see failures.jsonl`)
  if (rejected > 0) lines.push(`${rejected} lines of the input could not be used, see rejects.jsonl`)
  return lines.join('\n')
}
