import { teachesSelectors } from '@idiolect/contracts/split'

import { type ExampleRow, summaryRow, synthesisRow } from './example-dataset.ts'
import { copied, type Fault, inRow, ofSplit } from './seed-fault.ts'

export const userFaults: Fault[] = [
  {
    check: 2,
    name: 'a test user in the training data of G',
    reason: 'its user belongs to test',
    seed: copied(/^generation\/test/, 'generation/train', ofSplit('test')),
  },
  {
    check: 2,
    name: 'a validation user in the training data of Su',
    reason: 'its user belongs to validation',
    seed: copied(/^summary\/validation/, 'summary/train', ofSplit('validation')),
  },
  {
    check: 2,
    name: 'a test user in the training data of Sy, by the files alone',
    reason: 'its user has rows in validation or test too',
    seed: copied(/^synthesis\/test/, 'synthesis/train', ofSplit('test')),
  },
  {
    check: 2,
    name: 'a training user in the test data',
    reason: 'its user belongs to train',
    seed: copied(/^generation\/train/, 'generation/test', ofSplit('train')),
  },
  ...(['summary', 'synthesis'] as const).map(
    (set): Fault => ({
      check: 2,
      name: `a user of the other half in ${set}/train`,
      reason: 'its user is not in the half',
      seed(example, draw) {
        const { config, sets } = example
        const isOther = (row: ExampleRow) => !teachesSelectors(row.userId, config)
        const others = sets['generation/train']!.filter(isOther)
        const row = others[draw % others.length]!
        sets[`${set}/train`]!.push({ ...row, ...(set === 'summary' ? summaryRow(row) : synthesisRow(row)) })
        return { id: row.id, set: `${set}/train` }
      },
    }),
  ),
  {
    check: 2,
    name: 'a test user as the other author',
    reason: 'its other user belongs to test',
    seed: inRow(/^author/, (row, _written, { sets }) => {
      row.otherUserId = sets['generation/test']![0]!.userId
      row.completion = 'false'
    }),
  },
  {
    check: 2,
    name: 'a label that is turned round',
    reason: 'its label is not whether',
    seed: inRow(/^author/, (row) => {
      row.completion = row.completion === 'true' ? 'false' : 'true'
    }),
  },
  {
    check: 2,
    name: 'another document that is not there',
    reason: 'its other document is not in the input',
    seed: inRow(/^author/, (row) => {
      row.otherDocId = 'none'
    }),
  },
  {
    check: 2,
    name: 'the target as its own other document',
    reason: 'its other document is the target itself',
    seed: inRow(/^author/, (row) => {
      row.otherUserId = row.userId
      row.otherDocId = row.docId
      row.completion = 'true'
    }),
  },
]
