import { IdiolectError } from '@idiolect/contracts/errors'
import { methods } from '@idiolect/contracts/method-names'
import { Command, InvalidArgumentError } from 'commander'

import { chooseBaseline, chooseMethods } from '../compare-choice.ts'
import { reportComparison } from '../compare-report.ts'
import { comparisonText } from '../compare-table.ts'
import { executeRun } from '../execute-run.ts'
import { loadConfig } from '../load-config.ts'
import { runDisplay } from '../run-display.ts'
import { type RunFlags, readRunRequest, withRunOptions } from '../run-options.ts'
import { print, type Surroundings, withRisk } from '../surroundings.ts'

type Flags = RunFlags & { methods?: string; baseline?: string; shown: number; authorship: boolean }

/** Of the options of a run those that a comparison has no use for. */
const hidden = ['--task', '--format', '--license', '--requests']

export function compareCommand(surroundings: Surroundings): Command {
  const command = withRunOptions(new Command('compare'))
  for (const option of command.options) option.hideHelp(hidden.includes(option.long ?? ''))
  return command
    .option(
      '--methods <names>',
      `comma between them, or all: ${methods.join(', ')}; else all that there are models for`,
    )
    .option(
      '--baseline <method>',
      'what the others are tested against; RankDocBySnpt if it is compared, else the first',
    )
    .option('--shown <targets>', 'so many targets have their texts in the report', wholeNumber, 20)
    .option('--no-authorship', 'do without the authorship score, which embeds texts once more')
    .action(async (flags: Flags) => {
      const config = await loadConfig({ file: flags.config, set: flags.set })
      if (flags.requests !== undefined || config.targets.select === 'requests') {
        throw new IdiolectError('usage', 'compare needs true texts to compare with, and requests have none')
      }
      const compared = chooseMethods(flags.methods, config)
      const baseline = chooseBaseline(flags.baseline, compared)
      const overrides = { 'compare.methods': compared }
      const request = await readRunRequest(flags, { ...surroundings, here: true, overrides })
      const display = runDisplay(surroundings.stderr)
      const outcome = await executeRun(request, { fresh: flags.fresh, display, ...withRisk(surroundings, flags) })
      runDisplay(surroundings.stderr).phase('Comparing')
      const { shown, authorship } = flags
      const comparison = await reportComparison(request, { ...surroundings, baseline, shown, authorship })
      const text = `${comparisonText(comparison)}\nThe texts side by side are in ${outcome.out}/report.html`
      print(surroundings, flags.json, { ...outcome, comparison }, text)
    })
}

function wholeNumber(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 0) throw new InvalidArgumentError('It must be a whole number from 0 on.')
  return value
}
