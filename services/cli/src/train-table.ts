import { plainTable } from './table.ts'
import type { TrainReport } from './train-report.ts'

type Test = TrainReport['tests'][number]

const paperNames = { summarizer: 'SumCtxInd', synthesizer: 'SynCtxInd' } as const

const countingRule =
  'SumCtxInd has chosen a snippet of which it quotes one sentence; F1 of characters counts what stands in the summary'

/** The report for people: the table, what was learned from and judged on, and whether the context-independent method is beaten. */
export function trainText(report: TrainReport): string {
  const { kind, trainedOn, heldOut, methods, auc, threshold } = report
  const hasCharacters = methods.some(({ charactersF1 }) => charactersF1 !== undefined)
  const head = ['method', 'chosen', 'precision', 'recall', 'F1', ...(hasCharacters ? ['F1 of characters'] : [])]
  const rows = methods.map(({ method, chosen, precision, recall, f1, charactersF1 }) => [
    nameOf(method, report),
    chosen.toFixed(1),
    ...[precision, recall, f1].map((share) => share.toFixed(3)),
    ...(hasCharacters ? [charactersF1?.toFixed(3) ?? ''] : []),
  ])
  const held = `${heldOut.rows} targets of ${heldOut.users} held-out users, ${heldOut.labels} of ${heldOut.candidates} candidates in a label`
  const sampled = trainedOn.rowsRead === trainedOn.rows ? '' : ` of ${trainedOn.rowsRead}`
  return [
    plainTable(head, rows, ['left', ...head.slice(1).map(() => 'right' as const)]),
    `Judged on ${held}; AUC ${auc === null ? 'cannot be told' : auc.toFixed(3)}`,
    `The ${kind} learned from ${trainedOn.rows}${sampled} targets of ${trainedOn.users} users; threshold ${threshold}`,
    ...(hasCharacters ? [countingRule] : []),
    ...verdicts(report),
  ].join('\n')
}

function nameOf(method: TrainReport['methods'][number]['method'], { kind, limit }: TrainReport): string {
  switch (method) {
    case 'contextIndependent':
      return paperNames[kind]
    case 'trained':
      return `trained, at most ${limit} ${unitOf(kind)}`
    case 'contextSimilarity':
    case 'contextSimilarityUncapped':
      return '  as many by similarity to x_t'
    case 'chance':
    case 'chanceUncapped':
      return '  as many by chance'
    case 'trainedUncapped':
      return 'trained, without that limit'
  }
}

function unitOf(kind: TrainReport['kind']): string {
  return kind === 'summarizer' ? 'characters' : 'words'
}

function verdicts(report: TrainReport): string[] {
  const { kind, tests } = report
  if (tests.length === 0) {
    return [`The rows were not made with ${paperNames[kind]}, so whether it is beaten cannot be told`]
  }
  return tests.map((test) => {
    const limit = test.method === 'trained' ? `within ${report.limit} ${unitOf(kind)}` : 'without that limit'
    const counted = test.measure === 'f1' ? '' : ' of characters'
    const figures = `F1${counted} ${test.f1.toFixed(3)} against ${test.independentF1.toFixed(3)}, ${significance(test)}`
    return `The trained ${kind} ${verb(test)} ${paperNames[kind]} on its own labels ${limit}: ${figures}`
  })
}

function verb({ f1, independentF1, significant }: Test): string {
  if (f1 <= independentF1) return 'does not beat'
  return significant ? 'beats' : 'does not significantly beat'
}

function significance({ p, pairs }: Test): string {
  if (p === null) return 'too few targets for a t-test'
  return `paired t-test over ${pairs} targets, p ${p < 0.001 ? '< 0.001' : `= ${p.toFixed(3)}`}`
}
