import { exportLamp } from '@idiolect/corpus/export/export-lamp'
import { Command } from 'commander'

import { print, type Surroundings } from '../surroundings.ts'

type Flags = { golds: string; task: string; out: string; json: boolean }

export function exportCommand(surroundings: Surroundings): Command {
  const lamp = new Command('lamp')
    .description("a run's texts as LaMP's evaluation reads them, with exactly the ids of its golds")
    .argument('<folder>', 'the output folder of a run')
    .requiredOption('--golds <file>', '*_outputs.json or *_questions.json: file or glob')
    .requiredOption('--task <name>', 'as LaMP writes it, for example LaMP_4')
    .requiredOption('-o, --out <file>', 'the predictions')
    .option('--json', 'print the result as JSON', false)
    .action(async (folder: string, { json, ...flags }: Flags) => {
      const counts = await exportLamp({ folder, ...flags, signal: surroundings.signal })
      const { answered, golds, missing, others } = counts
      const text = `${answered} of ${golds} ids have a text in ${flags.out}; ${missing} have an empty one, ${others} texts of other ids are left out`
      print(surroundings, json, { out: flags.out, ...counts }, text)
    })
  return new Command('export').addCommand(lamp)
}
