import { auditDataset, auditText } from './audit-dataset.ts'
import type { RunOutcome } from './execute-run.ts'
import type { RunRequest } from './prepare-run.ts'
import { runDisplay } from './run-display.ts'
import { print, type Surroundings } from './surroundings.ts'

type ReportOptions = { surroundings: Surroundings; allowViolations: boolean; json: boolean }

/** Says what has become of a run; a dataset is audited first, and a violation is the command's failure unless it is allowed. */
export async function reportRun(
  outcome: RunOutcome,
  { config }: Pick<RunRequest, 'config'>,
  { surroundings, allowViolations, json }: ReportOptions,
): Promise<void> {
  if (config.task !== 'dataset') return print(surroundings, json, outcome, summary(outcome))
  runDisplay(surroundings.stderr).phase('Auditing')
  const audit = await auditDataset(outcome.out, surroundings.signal)
  if (!audit.ok && !allowViolations) surroundings.exit.code = 1
  const hint = config.dataset.license === null ? '\nThe data card names no licence; --license does.' : ''
  print(surroundings, json, { ...outcome, audit }, `${summary(outcome)}\n${auditText(audit)}${hint}`)
}

function summary({ state, out, task, counts }: RunOutcome): string {
  const { targets = 0, done = 0, failed = 0, rejected = 0 } = counts
  const what = task === 'dataset' ? `training examples are in ${out}` : `texts are in ${out}/generations.jsonl`
  const lines = [state === 'unchanged' ? `${out} holds this run already.` : `${done} of ${targets} ${what}`]
  if (failed > 0) lines.push(`${failed} failed, see failures.jsonl; "idiolect retry ${out}" tries them again`)
  if (rejected > 0) lines.push(`${rejected} lines of the input could not be used, see rejects.jsonl`)
  return lines.join('\n')
}
