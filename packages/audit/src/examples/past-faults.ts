import { textOf, wholeText } from './example-dataset.ts'
import { append, type Fault, inRow, retrieved, targetOf } from './seed-fault.ts'

export const pastFaults: Fault[] = [
  {
    check: 1,
    name: 'an entry of a later document',
    reason: 'is written at or after the target',
    seed: inRow(
      retrieved,
      (row, written) => append(row, written.at(-1)!),
      ({ docId }) => docId === 'd2' || docId === 'd3',
    ),
  },
  {
    check: 1,
    name: 'an entry of the same time',
    reason: 'is written at or after the target',
    seed: inRow(
      retrieved,
      (row, written) => append(row, written.at(-1)!),
      ({ docId }) => docId === 'd4',
    ),
  },
  {
    check: 1,
    name: 'the target among its entries',
    reason: 'is the target itself',
    seed: inRow(retrieved, (row, written) => append(row, targetOf(row, written))),
  },
  {
    check: 1,
    name: "another user's text under an id of this one",
    reason: 'holds text that is not in its document',
    seed: inRow(retrieved, (row, _written, { documents }) =>
      append(row, { ...documents.find(({ userId }) => userId !== row.userId)!, docId: 'd0' }),
    ),
  },
  {
    check: 1,
    name: "another user's document",
    reason: 'names no document of this user',
    seed: inRow(retrieved, (row, _written, { documents }) => {
      const other = documents.find(({ userId }) => userId !== row.userId)!
      documents.push({ ...other, docId: 'extra', text: textOf('extra') })
      append(row, { ...other, docId: 'extra', text: textOf('extra') })
    }),
  },
  {
    check: 1,
    name: 'a document that is not in the input',
    reason: 'names no document of this user',
    seed: inRow(retrieved, (row, written) => append(row, { ...written[0]!, docId: 'none' })),
  },
  {
    check: 1,
    name: 'an entry whose text was altered',
    reason: 'holds text that is not in its document',
    seed: inRow(retrieved, (row, written) => append(row, written[0]!, `${written[0]!.text.slice(0, 80)} altered`)),
  },
  {
    check: 1,
    name: 'a target that is not in the input',
    reason: 'the input has no document of this id and user',
    seed: inRow(retrieved, (row) => {
      row.docId = 'none'
    }),
  },
  {
    check: 1,
    name: 'a context from further on',
    reason: 'its context is not the start',
    seed: inRow(retrieved, (row, written) => {
      row.context = wholeText(targetOf(row, written)).slice(7, 157)
    }),
  },
  {
    check: 1,
    name: 'a context that is too long',
    reason: 'its context is over 150 characters',
    seed: inRow(retrieved, (row, written) => {
      row.context = wholeText(targetOf(row, written)).slice(0, 151)
    }),
  },
  {
    check: 1,
    name: 'a time of the target that is not its own',
    reason: 'its timestamp is not',
    seed: inRow(retrieved, (row) => {
      row.timestamp = '2021-01-01T00:00:00.000Z'
    }),
  },
  {
    check: 1,
    name: 'text of the target in the prompt',
    reason: 'its prompt holds text of the target',
    seed: inRow(retrieved, (row, written) => {
      row.prompt += `\n\n${wholeText(targetOf(row, written)).slice(230, 330)}`
    }),
  },
  {
    check: 1,
    name: 'a completion that is not the target',
    reason: 'its true text is not the whole target',
    seed: inRow(/^generation\//, (row) => {
      row.completion = row.completion.slice(0, -1)
    }),
  },
]
