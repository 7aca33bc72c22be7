import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

import { IdiolectError } from '@idiolect/contracts/errors'
import type { Split } from '@idiolect/contracts/split'

const datasetSets = ['generation', 'summary', 'synthesis', 'author-distinction'] as const

export type RowKind = 'generations' | (typeof datasetSets)[number]

export interface OutputFile {
  path: string
  kind: RowKind
  /** null in the generate task, which splits nobody. */
  split: Split | null
  /** As violations name it: `generations`, or the set and its split. */
  set: string
}

const setFile = /^(train|validation|test)(?:-\d+)?\.(?:jsonl|parquet)$/

/**
 * The data files of a finished output, sorted by path.
 * @throws IdiolectError `input_missing` where there is none, `input_unusable` for a file in a set's folder that would go unaudited
 */
export async function outputFiles(dir: string, task: 'generate' | 'dataset'): Promise<OutputFile[]> {
  if (task === 'generate') {
    const path = join(dir, 'generations.jsonl')
    if ((await stat(path).catch(() => null)) === null) throw missing(path)
    return [{ path, kind: 'generations', split: null, set: 'generations' }]
  }
  const files = (await Promise.all(datasetSets.map((kind) => filesOf(join(dir, kind), kind)))).flat()
  if (files.length === 0) throw missing(`${dir}/{${datasetSets.join(',')}}`)
  return files
}

async function filesOf(folder: string, kind: RowKind): Promise<OutputFile[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  return names
    .filter((name) => !name.startsWith('.'))
    .sort()
    .map((name) => {
      const split = setFile.exec(name)?.[1] as Split | undefined
      const path = join(folder, name)
      if (split === undefined) {
        throw new IdiolectError('input_unusable', `${path} is no file of a split and cannot be audited; remove it`)
      }
      return { path, kind, split, set: `${kind}/${split}` }
    })
}

function missing(path: string): IdiolectError {
  return new IdiolectError('input_missing', `${path}: no such file; audit takes the folder of a finished run`)
}
