import { dirname, join } from 'node:path'

import { makeFolder } from '@idiolect/output/manifest'
import { writeAtomically } from '@idiolect/output/write-atomically'
import type { SelectorKind } from '@idiolect/selectors/selector'
import { Argument, Command } from 'commander'

import { runDisplay } from '../run-display.ts'
import { print, type Surroundings } from '../surroundings.ts'
import { openTrainingData } from '../train-data.ts'
import { trainSelector } from '../train-selector.ts'
import { trainText } from '../train-table.ts'

type Flags = { data: string; out?: string; json: boolean }

export function trainCommand(surroundings: Surroundings): Command {
  const { signal, stderr } = surroundings
  return new Command('train')
    .addArgument(
      new Argument('<selector>', 'what SumCtx chooses snippets by, or SynCtx words').choices([
        'summarizer',
        'synthesizer',
      ]),
    )
    .requiredOption('-d, --data <folder>', 'the output folder of a finished run of the dataset task')
    .option('-o, --out <file>', 'the selector; else summarizer.json or synthesizer.json in the folder')
    .option('--json', 'print the report as JSON', false)
    .action(async (kind: SelectorKind, { data: dir, out = join(dir, `${kind}.json`), json }: Flags) => {
      const data = await openTrainingData(dir, signal)
      const onPhase = runDisplay(stderr).phase
      const { text, report } = await trainSelector(kind, data, { signal, onPhase })
      await makeFolder(dirname(out))
      await writeAtomically(out, [text])
      await writeAtomically(reportPath(out), [`${JSON.stringify(report, null, 2)}\n`])
      const stage = kind === 'summarizer' ? 'summarize' : 'synthesize'
      const use = `${out} is written; use it with --set ${stage}.method=${stage === 'summarize' ? 'SumCtx' : 'SynCtx'} --set ${stage}.model=path:${out}`
      print(surroundings, json, { selector: out, ...report }, `${trainText(report)}\n${use}`)
    })
}

/** Beside the selector: `summarizer.json` has `summarizer.report.json`. */
function reportPath(out: string): string {
  return `${out.replace(/\.json$/, '')}.report.json`
}
