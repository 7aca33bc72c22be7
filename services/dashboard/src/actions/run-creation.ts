import { createHash } from 'node:crypto'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { IdiolectError } from '@idiolect/contracts/errors'
import type { CreatedRun, CreateRun, Source } from '@idiolect/contracts/http-api'
import { readFolder } from '@idiolect/output/manifest'
import type { Logger } from 'pino'

import type { Allowed } from './allowed.ts'
import type { Commands } from './commands.ts'
import type { RunActions, Who } from './run-actions.ts'
import type { UploadStore } from './upload-store.ts'

export type RunCreation = { create(request: CreateRun, who: Who): Promise<CreatedRun> }

export type RunCreationOptions = {
  commands: Pick<Commands, 'find'>
  actions: Pick<RunActions, 'begin'>
  uploads: UploadStore
  allowed: Allowed
  /** Where the folders of the outputs are. */
  outputs: string
  log: Logger
}

/**
 * Makes runs as `idiolect enqueue` does. Asking for the same again goes on with it, or tells how far it is; a folder that holds
 * another run is `config_changed`.
 */
export function runCreation(options: RunCreationOptions): RunCreation {
  const { commands, actions, uploads, allowed, outputs, log } = options
  const pathOf = (source: Source): Promise<string> =>
    'upload' in source ? uploads.find(source.upload) : allowed.file(source.path)

  const argumentsOf = async ({ input, requests, config, limit }: CreateRun, folder: string): Promise<string[]> => {
    const args = ['enqueue', '--json', `--out=${folder}`, `--input=${await pathOf(input)}`]
    if (requests !== undefined) args.push(`--requests=${await pathOf(requests)}`)
    if (limit !== undefined) args.push(`--limit=${limit}`)
    await allowed.config(config ?? {})
    return [...args, `--config=${await writeConfig(outputs, config ?? {})}`]
  }

  return {
    async create(request, who) {
      const { name } = request
      const folder = join(outputs, name)
      const args = await argumentsOf(request, folder)
      const before = commands.find(folder)
      if (before !== undefined && before.arguments.join('\0') !== args.join('\0')) {
        throw new IdiolectError('config_changed', `another request is at work on ${name}; choose another name, or wait`)
      }
      if (before === undefined) log.info({ who, action: 'create', name }, 'action')
      const { run, isReading } = await actions.begin(folder, args)
      // A finished folder says nothing of this request before its command has compared the two.
      if (isReading) return { name, run, state: 'reading' }
      const isFinished = (await readFolder(folder)).state === 'finished'
      return { name, run, state: isFinished ? 'finished' : 'begun' }
    },
  }
}

/** The configuration as a file, called by its content: the same request has the same arguments. */
async function writeConfig(outputs: string, config: Record<string, unknown>): Promise<string> {
  const text = JSON.stringify(config)
  const folder = join(outputs, '.requests')
  const path = join(folder, `${createHash('sha256').update(text).digest('hex')}.json`)
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await writeFile(path, text, { mode: 0o600 })
    return path
  } catch (cause) {
    await rm(path, { force: true })
    throw new IdiolectError(
      'output_unwritable',
      `The request cannot be stored (${(cause as NodeJS.ErrnoException).code})`,
      {
        cause,
      },
    )
  }
}
