import { Command } from 'commander'

import { auditDataset, auditText } from '../audit-dataset.ts'
import { executeRun, type RunOutcome } from '../execute-run.ts'
import { runDisplay } from '../run-display.ts'
import { type RunFlags, readRunRequest, withRunOptions } from '../run-options.ts'
import { print, type Surroundings } from '../surroundings.ts'

type Flags = RunFlags & { allowViolations: boolean }

export function runCommand(surroundings: Surroundings): Command {
  return withRunOptions(new Command('run'))
    .option('--allow-violations', 'dataset: do not fail where the audit finds something', false)
    .action(async (flags: Flags) => {
      const request = await readRunRequest(flags, { ...surroundings, here: true })
      const display = runDisplay(surroundings.stderr)
      const outcome = await executeRun(request, { fresh: flags.fresh, display, ...surroundings })
      if (request.config.task !== 'dataset') return print(surroundings, flags.json, outcome, summary(outcome))
      runDisplay(surroundings.stderr).phase('Auditing')
      const audit = await auditDataset(outcome.out, surroundings.signal)
      if (!audit.ok && !flags.allowViolations) surroundings.exit.code = 1
      const hint = request.config.dataset.license === null ? '\nThe data card names no licence; --license does.' : ''
      print(surroundings, flags.json, { ...outcome, audit }, `${summary(outcome)}\n${auditText(audit)}${hint}`)
    })
}

function summary({ state, out, task, counts }: RunOutcome): string {
  const { targets = 0, done = 0, failed = 0, rejected = 0 } = counts
  const what = task === 'dataset' ? `training examples are in ${out}` : `texts are in ${out}/generations.jsonl`
  const lines = [state === 'unchanged' ? `${out} holds this run already.` : `${done} of ${targets} ${what}`]
  if (failed > 0) lines.push(`${failed} failed, see failures.jsonl`)
  if (rejected > 0) lines.push(`${rejected} lines of the input could not be used, see rejects.jsonl`)
  return lines.join('\n')
}
