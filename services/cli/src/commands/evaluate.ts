import { join } from 'node:path'

import { IdiolectError } from '@idiolect/contracts/errors'
import { type Comparison, compareRuns, type MetricsFile } from '@idiolect/metrics/compare-runs'
import { type Evaluation, evaluateRows } from '@idiolect/metrics/evaluate'
import { readGenerations } from '@idiolect/metrics/read-generations'
import { readPairs } from '@idiolect/metrics/read-pairs'
import { writeAtomically } from '@idiolect/output/write-atomically'
import { Command } from 'commander'
import { print, type Surroundings } from '../surroundings.ts'
import { plainTable } from '../table.ts'

type Flags = { baseline?: string; predictions?: string; references?: string; stem: boolean; json: boolean }

export function evaluateCommand(surroundings: Surroundings): Command {
  return new Command('evaluate')
    .argument('[folder]', 'the output folder of a run')
    .option('--baseline <folder>', 'another run, for a paired t-test of each metric')
    .option('--predictions <file>', 'texts to score, instead of a folder')
    .option('--references <file>', 'the true texts to these')
    .option('--stem', 'ROUGE over Porter stems', false)
    .option('--json', 'print the result as JSON', false)
    .action(async (folder: string | undefined, { json, ...flags }: Flags) => {
      const metrics = await evaluate(folder, flags)
      if (folder !== undefined)
        await writeAtomically(join(folder, 'metrics.json'), [`${JSON.stringify(metrics, null, 2)}\n`])
      print(surroundings, json, metrics, tables(metrics))
    })
}

/** @throws IdiolectError `usage` where neither a folder nor a pair of files is named */
async function evaluate(folder: string | undefined, flags: Omit<Flags, 'json'>): Promise<MetricsFile> {
  const { baseline, predictions, references, stem } = flags
  if (folder === undefined) {
    if (predictions === undefined || references === undefined || baseline !== undefined) {
      throw new IdiolectError('usage', 'evaluate takes a folder, or --predictions with --references (--help shows how)')
    }
    return { run: await evaluateRows(readPairs({ predictions, references }), { stem }) }
  }
  if (predictions !== undefined || references !== undefined) {
    throw new IdiolectError('usage', 'evaluate takes a folder or --predictions with --references, not both')
  }
  if (baseline === undefined) return { run: await evaluateRows(readGenerations(folder), { stem }) }
  return compareRuns(readGenerations(folder), readGenerations(baseline), { stem })
}

/** The score table of an evaluation, for people. ROUGE and repetition as percentages, as the paper prints them. */
function tables({ run, baseline, comparison }: MetricsFile): string {
  const lines = [scoreTable(run, baseline, comparison)]
  lines.push(`${run.count} texts scored${run.skipped === 0 ? '' : `, ${run.skipped} without a true text left out`}`)
  if (comparison !== undefined) lines.push('* differs from the baseline, paired t-test, p < 0.01')
  return lines.join('\n')
}

const columns = ['BLEU', 'ROUGE-1', 'ROUGE-2', 'ROUGE-L', 'length ratio', 'repetition'] as const

function scoreTable(run: Evaluation, baseline?: Evaluation, comparison?: Comparison): string {
  const rows: string[][] = []
  for (const part of ['whole', 'continuation'] as const) {
    const tests = comparison?.[part]
    const name = part === 'whole' ? 'whole text' : 'continuation alone'
    const scores = run[part]
    if (scores !== null) rows.push([name, ...cells(scores, tests ?? null)])
    const other = baseline?.[part]
    if (other) rows.push([`  baseline`, ...cells(other, null)])
  }
  return plainTable(['', ...columns], rows, ['left', ...columns.map(() => 'right' as const)])
}

function cells(scores: Evaluation['whole'], tests: Comparison['whole'] | null): string[] {
  const star = (metric: keyof Comparison['whole']) => (tests?.[metric].significant ? '*' : '')
  return [
    `${scores.bleu.toFixed(2)}${star('bleuSentence')}`,
    `${(100 * scores.rouge1).toFixed(2)}${star('rouge1')}`,
    `${(100 * scores.rouge2).toFixed(2)}${star('rouge2')}`,
    `${(100 * scores.rougeL).toFixed(2)}${star('rougeL')}`,
    scores.lengthRatio === null ? '' : scores.lengthRatio.toFixed(2),
    `${(100 * scores.repetition).toFixed(1)} %`,
  ]
}
