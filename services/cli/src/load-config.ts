import { readFile } from 'node:fs/promises'

import { type Config, parseConfig } from '@idiolect/contracts/config'
import { IdiolectError } from '@idiolect/contracts/errors'
import { parse } from 'yaml'

/** Where a configuration comes from, the later over the earlier: defaults, file, `--set`, options with a name of their own. */
export type ConfigSources = {
  file?: string | undefined
  /** `a.b=c`, the value as YAML. */
  set?: string[] | undefined
  overrides?: Record<string, unknown>
}

/** @throws IdiolectError `config_invalid`, `input_missing` */
export async function loadConfig({ file, set = [], overrides = {} }: ConfigSources): Promise<Config> {
  const tree = file === undefined ? {} : await readConfigFile(file)
  for (const assignment of set) {
    const equals = assignment.indexOf('=')
    if (equals < 1) throw new IdiolectError('config_invalid', `--set ${assignment}: write it as key.path=value`)
    assign(tree, assignment.slice(0, equals), parseYaml(assignment.slice(equals + 1), `--set ${assignment}`))
  }
  for (const [path, value] of Object.entries(overrides)) if (value !== undefined) assign(tree, path, value)
  return parseConfig(tree)
}

async function readConfigFile(file: string): Promise<Tree> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (cause) {
    throw new IdiolectError(
      'input_missing',
      `--config ${file} cannot be read (${(cause as NodeJS.ErrnoException).code})`,
      { cause },
    )
  }
  const value = parseYaml(text, `--config ${file}`) ?? {}
  if (!isTree(value)) throw new IdiolectError('config_invalid', `--config ${file} must hold keys and values`)
  return value
}

type Tree = { [key: string]: unknown }

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function parseYaml(text: string, where: string): unknown {
  try {
    return parse(text)
  } catch (cause) {
    throw new IdiolectError('config_invalid', `${where} is not YAML: ${(cause as Error).message.split('\n')[0]}`, {
      cause,
    })
  }
}

function assign(tree: Tree, path: string, value: unknown): void {
  const keys = path.split('.')
  const last = keys.pop()!
  let place = tree
  for (const key of keys) {
    if (!Object.hasOwn(place, key) || !isTree(place[key]))
      Object.defineProperty(place, key, { value: {}, enumerable: true, writable: true, configurable: true })
    place = place[key] as Tree
  }
  Object.defineProperty(place, last, { value, enumerable: true, writable: true, configurable: true })
}
