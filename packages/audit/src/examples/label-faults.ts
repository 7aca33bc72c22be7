import { type ExampleRow, textOf } from './example-dataset.ts'
import { type Fault, inRow } from './seed-fault.ts'

const summaries = (change: (row: ExampleRow) => void) => inRow(/^summary\//, change)
const words = (change: (row: ExampleRow) => void) => inRow(/^synthesis\//, change)
const choose = (row: ExampleRow, word: string) => {
  row.chosen.push(word)
  row.completion = `Keywords: ${row.chosen.join(', ')}`
}

export const labelFaults: Fault[] = [
  {
    check: 4,
    name: 'a snippet that reaches beyond its entry',
    reason: 'is no snippet of the entries',
    seed: summaries((row) => {
      row.snippets[0]!.end = 9_999
    }),
  },
  {
    check: 4,
    name: 'a snippet of no entry',
    reason: 'is no snippet of the entries',
    seed: summaries((row) => {
      row.snippets[3]!.entry = 7
    }),
  },
  {
    check: 4,
    name: 'a choice that is not among the snippets',
    reason: 'is no snippet of the entries',
    seed: summaries((row) => {
      row.chosen = [3, 0, 4]
    }),
  },
  {
    check: 4,
    name: 'a label with a snippet from elsewhere',
    reason: 'its completion is not the chosen snippets',
    seed: summaries((row) => {
      row.completion += ` ${textOf('elsewhere')}`
    }),
  },
  {
    check: 4,
    name: 'a snippet that is chosen twice',
    reason: 'is chosen twice',
    seed: summaries((row) => {
      const { entry, start, end } = row.snippets[0]!
      row.chosen.push(0)
      row.completion += ` ${row.entries[entry]!.text.slice(start, end).trim()}`
    }),
  },
  {
    check: 4,
    name: 'a word from elsewhere',
    reason: 'is no word of the entries',
    seed: words((row) => choose(row, 'elsewhere')),
  },
  {
    check: 4,
    name: 'a stop word',
    reason: 'is a stop word',
    seed: words((row) => choose(row, 'because')),
  },
  {
    check: 4,
    name: 'a word that is chosen twice',
    reason: 'is chosen twice',
    seed: words((row) => choose(row, String(row.chosen[0]))),
  },
  {
    check: 4,
    name: 'a completion with a word more than was chosen',
    reason: 'its completion is not the chosen words',
    seed: words((row) => {
      row.completion += ', elsewhere'
    }),
  },
  {
    check: 4,
    name: 'label text in the summary of an input',
    reason: 'its summarySource is label',
    seed: inRow(/^(generation|summary)\//, (row) => {
      row.summarySource = 'label'
    }),
  },
  {
    check: 4,
    name: 'label text in the important words of an input',
    reason: 'its keyElementsSource is label',
    seed: inRow(/^(generation|synthesis)\//, (row) => {
      row.keyElementsSource = 'label:bundled:model'
    }),
  },
]
