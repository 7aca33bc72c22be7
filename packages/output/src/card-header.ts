import { stringify } from 'yaml'

import { type ColumnType, datasetColumns } from './dataset-columns.ts'
import type { FinishedRun } from './manifest.ts'
import { type DatasetSet, datasetSets, splitsOf } from './tables.ts'

/**
 * What Hugging Face `datasets` reads the folder by: a configuration for each set that has rows, its files for each split, and the
 * types of its columns. Without these, datasets 5.2 takes them from the first rows of the JSON Lines and fails where later ones
 * have a fraction or a word for the first time.
 */
export function cardHeader({ config, rows = {} }: FinishedRun): string {
  const { format, license } = config.dataset
  const sets = datasetSets
    .map((set) => ({ set, splits: splitsOf(set).filter((split) => (rows[`${set}/${split}`] ?? 0) > 0) }))
    .filter(({ splits }) => splits.length > 0)
  const header = {
    ...(license === null ? {} : { license }),
    task_categories: ['text-generation'],
    tags: ['personalization'],
    configs: sets.map(({ set, splits }) => ({
      config_name: set,
      ...(set === 'generation' ? { default: true } : {}),
      // One file or its shards: train.jsonl, or train-00000.jsonl and so on.
      data_files: splits.map((split) => ({ split, path: `${set}/${split}*.${format}` })),
    })),
    dataset_info: sets.map(({ set }) => ({ config_name: set, features: featuresOf(set) })),
  }
  return `---\n${stringify(header, { lineWidth: 0 })}---\n`
}

function featuresOf(set: DatasetSet): object[] {
  return datasetColumns[set].map(({ name, type }) => ({ name, ...featureType(type) }))
}

function featureType(type: ColumnType): object {
  if (typeof type === 'string') return { dtype: type }
  if (typeof type.list === 'string') return { list: type.list }
  return { list: Object.entries(type.list).map(([name, dtype]) => ({ name, dtype })) }
}
