import { realpathSync } from 'node:fs'
import { realpath, stat } from 'node:fs/promises'
import { resolve, sep } from 'node:path'

import { type Config, parseConfig } from '@idiolect/contracts/config'
import { IdiolectError } from '@idiolect/contracts/errors'

/** Something that the settings of the dashboard do not allow; the message names the setting. */
export class NotAllowed extends Error {
  override name = 'NotAllowed'
  statusCode = 403
}

export type Allowed = {
  /** The real path of a file in one of the folders. @throws NotAllowed, IdiolectError `input_missing` */
  file(path: string): Promise<string>
  /** @throws NotAllowed, IdiolectError `config_invalid` */
  config(value: Record<string, unknown>): Promise<Config>
}

export type AllowedOptions = {
  /** Folders whose files may be read. */
  inputs: readonly string[]
  /** Models beside the bundled ones. */
  models: readonly string[]
}

const modelKeys = ['model', 'zeroShotModel', 'authorPredModel']

/**
 * What a run that is asked for over HTTP may read and call. Without it the token would give away every file that the dashboard can
 * read, and the key of the model servers to any address.
 * @throws IdiolectError `config_invalid` for a folder that is not there
 */
export function allowed({ inputs, models }: AllowedOptions): Allowed {
  const folders = inputs.map(realFolder)
  const isInside = (path: string): boolean =>
    folders.some((folder) => path.startsWith(folder.endsWith(sep) ? folder : folder + sep))
  const refuse = (path: string): never => {
    throw new NotAllowed(`${path} is in none of the folders of --inputs (IDIOLECT_DASHBOARD_INPUTS)`)
  }

  const file = async (path: string): Promise<string> => {
    const real = await realpath(path).catch(() => null)
    // Whether a file is there is told of these folders alone.
    if (real === null && isInside(resolve(path))) throw new IdiolectError('input_missing', `There is no file ${path}`)
    if (real === null || !isInside(real)) return refuse(path)
    if (!(await stat(real)).isFile()) throw new IdiolectError('input_missing', `${path} is not a file`)
    return real
  }

  return {
    file,
    async config(value) {
      const config = parseConfig(value)
      for (const model of modelsOf(config)) {
        if (model === 'none' || model.startsWith('bundled:') || models.includes(model)) continue
        const path = /^path:(.+)$/.exec(model)?.[1]
        if (path === undefined) throw new NotAllowed(`${model} is not a model of --models (IDIOLECT_DASHBOARD_MODELS)`)
        const real = await realpath(path).catch(() => null)
        if (real === null || !isInside(real)) refuse(path)
      }
      const { wordVectors } = config.synthesize
      if (wordVectors !== null) await file(wordVectors)
      return config
    },
  }
}

function realFolder(folder: string): string {
  try {
    return realpathSync(folder)
  } catch (cause) {
    throw new IdiolectError('config_invalid', `--inputs ${folder}: there is no such folder`, { cause })
  }
}

function modelsOf(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, each]) =>
    modelKeys.includes(key) && typeof each === 'string' ? [each] : modelsOf(each),
  )
}
