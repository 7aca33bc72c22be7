import { auditOutput } from '@idiolect/audit/audit-output'
import { Command } from 'commander'

import { auditText } from '../audit-dataset.ts'
import { print, type Surroundings } from '../surroundings.ts'

type Flags = { input?: string[]; requests?: string[]; json: boolean }

export function auditCommand(surroundings: Surroundings): Command {
  return new Command('audit')
    .argument('<folder>', 'the output folder of a finished run')
    .option('-i, --input <files...>', 'the documents, where they are no longer what run.json names; files or globs')
    .option('--requests <files...>', 'the requests, likewise')
    .option('--json', 'print the result as JSON', false)
    .action(async (dir: string, { input, requests, json }: Flags) => {
      const report = await auditOutput({ dir, inputs: input, requests, signal: surroundings.signal })
      if (!report.ok) surroundings.exit.code = 1
      print(surroundings, json, report, auditText(report))
    })
}
