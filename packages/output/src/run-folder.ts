import { IdiolectError } from '@idiolect/contracts/errors'

import { type FolderState, readFolder } from './manifest.ts'

export type RunFolder = Exclude<FolderState, { state: 'empty' }>

/**
 * Reads a folder that a run may be at work in.
 * @throws IdiolectError `input_missing` where it holds no run
 */
export async function withRun<T>(dir: string, use: (folder: RunFolder) => Promise<T>): Promise<T> {
  try {
    return await use(await openRun(dir))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    // The run has finished meanwhile, and the parts are gone.
    return use(await openRun(dir))
  }
}

async function openRun(dir: string): Promise<RunFolder> {
  const folder = await readFolder(dir)
  if (folder.state === 'empty') throw new IdiolectError('input_missing', `${dir} holds no run`)
  return folder
}
