import type { Method } from '@idiolect/contracts/method-names'

import type { AuthorshipScores, Comparison, MethodComparison, PartScores } from './comparison.ts'

export type ScoreCell = {
  text: string
  /** Differs from the baseline by the paired t-test. */
  significant: boolean
  /** The highest of its column, where high is good. */
  best: boolean
}

/** A table of figures as people read them: a row a method, a cell a column. */
export type ScoreTable = { columns: string[]; rows: { method: Method; cells: ScoreCell[] }[] }

type Figure = { value: number | null; text: string; significant: boolean }
type Column = { name: string; figureOf: (method: MethodComparison) => Figure; highIsGood: boolean }

/**
 * ROUGE and repetition as percentages, as the paper prints them. The authorship score stands with the continuation that it is of.
 * A column without any figure is left out.
 */
export function scoreTable({ methods }: Comparison, part: 'whole' | 'continuation'): ScoreTable {
  const columns = [...partColumns(part), ...(part === 'whole' ? [] : authorshipColumns)].filter(({ figureOf }) =>
    methods.some((method) => figureOf(method).value !== null),
  )
  const bests = columns.map(({ figureOf, highIsGood }) =>
    highIsGood ? Math.max(...methods.map((method) => figureOf(method).value ?? Number.NEGATIVE_INFINITY)) : null,
  )
  return {
    columns: columns.map(({ name }) => name),
    rows: methods.map((method) => ({
      method: method.method,
      cells: columns.map(({ figureOf }, at) => {
        const { value, text, significant } = figureOf(method)
        return { text, significant, best: methods.length > 1 && value !== null && value === bests[at] }
      }),
    })),
  }
}

/** Cosine difference and AUC, as every table prints them. */
export function authorshipTexts({ auc, score }: AuthorshipScores): { auc: string; score: string } {
  return { auc: auc.toFixed(3), score: score.toFixed(3) }
}

const nothing: Figure = { value: null, text: '', significant: false }

function partColumns(part: 'whole' | 'continuation'): Column[] {
  const column = (name: string, figureOf: (scores: PartScores) => Figure, highIsGood: boolean): Column => ({
    name,
    highIsGood,
    figureOf: (method) => {
      const scores = method[part]
      return scores === null ? nothing : figureOf(scores)
    },
  })
  const rouge = (metric: 'rouge1' | 'rouge2' | 'rougeL') => (scores: PartScores) => ({
    value: scores[metric],
    text: (100 * scores[metric]).toFixed(2),
    significant: scores.tests?.[metric].significant ?? false,
  })
  return [
    column('texts', ({ count }) => ({ value: count, text: String(count), significant: false }), false),
    column(
      'BLEU',
      ({ bleu, tests }) => ({
        value: bleu,
        text: bleu.toFixed(2),
        significant: tests?.bleuSentence.significant ?? false,
      }),
      true,
    ),
    column('ROUGE-1', rouge('rouge1'), true),
    column('ROUGE-2', rouge('rouge2'), true),
    column('ROUGE-L', rouge('rougeL'), true),
    column(
      'length ratio',
      ({ lengthRatio }) =>
        lengthRatio === null ? nothing : { value: lengthRatio, text: lengthRatio.toFixed(2), significant: false },
      false,
    ),
    column(
      'repetition',
      ({ repetition, tests }) => ({
        value: repetition,
        text: `${(100 * repetition).toFixed(1)} %`,
        significant: tests?.repetition.significant ?? false,
      }),
      false,
    ),
  ]
}

const authorshipColumns: Column[] = [
  {
    name: 'author AUC',
    highIsGood: true,
    figureOf: ({ authorship }) =>
      authorship === null
        ? nothing
        : {
            value: authorship.auc,
            text: authorshipTexts(authorship).auc,
            significant: authorship.test?.significant ?? false,
          },
  },
  {
    name: 'author score',
    highIsGood: true,
    figureOf: ({ authorship }) =>
      authorship === null
        ? nothing
        : { value: authorship.score, text: authorshipTexts(authorship).score, significant: false },
  },
]
