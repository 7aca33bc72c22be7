import { readFileSync } from 'node:fs'

import { IdiolectError } from './errors.ts'

/**
 * A secret of the environment: the value of `name`, or what the file holds that `name` with `_FILE` behind it names, as orchestrators
 * hand secrets out. undefined where neither is set.
 * @throws IdiolectError `config_invalid` where both are, or the file cannot be read or is empty
 */
export function readSecret(env: Readonly<Record<string, string | undefined>>, name: string): string | undefined {
  const fileName = `${name}_FILE`
  const [value, path] = [env[name], env[fileName]]
  if (path === undefined) return value
  if (value !== undefined) throw new IdiolectError('config_invalid', `${name} and ${fileName} are both set; set one`)
  const secret = readText(path, fileName).trim()
  if (secret === '') throw new IdiolectError('config_invalid', `${fileName}: ${path} is empty`)
  return secret
}

function readText(path: string, fileName: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw new IdiolectError('config_invalid', `${fileName}: ${path} cannot be read (${code})`, { cause })
  }
}
