import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { IdiolectError } from '@idiolect/contracts/errors'

const modelsFolder = fileURLToPath(new URL('../models', import.meta.url))

/** The names of the models that come with the product. */
export function bundledModels(): string[] {
  return readdirSync(modelsFolder).sort()
}

/** @throws IdiolectError `model_missing` that lists the models that there are */
export function bundledModelFolder(name: string): string {
  const names = bundledModels()
  if (names.includes(name)) return join(modelsFolder, name)
  throw new IdiolectError('model_missing', `No model ${name} comes with the product; there are ${names.join(' and ')}`)
}
