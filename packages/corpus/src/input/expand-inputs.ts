import { access, constants, stat } from 'node:fs/promises'

import { IdiolectError } from '@idiolect/contracts/errors'
import { glob, isDynamicPattern } from 'tinyglobby'

export interface InputFile {
  /** As it was given, or as the glob found it. */
  path: string
  bytes: number
  /** Milliseconds. */
  modified: number
}

/**
 * The files that paths and globs name, each once, sorted by path. A path that exists is taken as it is, whatever characters it holds.
 * @throws IdiolectError `input_missing` for a path without a file, a glob without a match, or a folder.
 */
export async function expandInputs(patterns: readonly string[]): Promise<InputFile[]> {
  const files = new Map<string, InputFile>()
  for (const pattern of patterns) {
    for (const path of await pathsOf(pattern)) {
      await access(path, constants.R_OK).catch((cause: unknown) => {
        throw new IdiolectError('input_missing', `Input ${path} cannot be read: no permission`, { cause })
      })
      const found = await stat(path)
      files.set(path, { path, bytes: found.size, modified: found.mtimeMs })
    }
  }
  return [...files.values()].sort((a, b) => (a.path < b.path ? -1 : 1))
}

async function pathsOf(pattern: string): Promise<string[]> {
  const found = await stat(pattern).catch(() => null)
  if (found?.isDirectory()) {
    throw new IdiolectError(
      'input_missing',
      `Input ${pattern} is a folder; name its files, for example ${pattern}/*.jsonl`,
    )
  }
  if (found !== null) return [pattern]
  const matches = isDynamicPattern(pattern) ? await glob(pattern, { onlyFiles: true, expandDirectories: false }) : []
  if (matches.length === 0) throw new IdiolectError('input_missing', `Input ${pattern}: no such file`)
  return matches
}
