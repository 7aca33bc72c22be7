import { append, type Fault, inRow, retrieved, targetOf } from './seed-fault.ts'

export const copyFaults: Fault[] = [
  {
    check: 3,
    name: 'an entry of a near-copy of the target',
    reason: 'is of a near-copy of the target',
    seed: inRow(retrieved, (row, written, { documents }) => {
      const { title, text, ...target } = targetOf(row, written)
      const copy = {
        ...target,
        docId: 'copy',
        timestamp: written[0]!.timestamp - 1,
        title: '',
        text: `${title} ${text} PS.`,
      }
      documents.push(copy)
      append(row, copy)
    }),
  },
]
