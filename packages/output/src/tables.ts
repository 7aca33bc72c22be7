import { type Split, splits } from '@idiolect/contracts/split'

export const datasetSets = ['generation', 'summary', 'synthesis', 'author-distinction'] as const
export type DatasetSet = (typeof datasetSets)[number]

/** What a row belongs to: `generations` in the generate task, else a set and a split with a slash between. */
export type TableName = 'generations' | `${DatasetSet}/${Split}`

/** Whether each of its rows stands for a target of its own: `generations`, and `generation` in the dataset task. */
export function isTargetTable(table: string): boolean {
  return table === 'generations' || table.startsWith('generation/')
}

/** METHOD "Author distinction": only training users. */
export function splitsOf(set: DatasetSet): readonly Split[] {
  return set === 'author-distinction' ? ['train'] : splits
}

export function tablesOf(task: 'generate' | 'dataset'): TableName[] {
  if (task === 'generate') return ['generations']
  return datasetSets.flatMap((set) => splitsOf(set).map((split) => `${set}/${split}` as const))
}
