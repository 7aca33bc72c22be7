import { mkdirSync } from 'node:fs'
import { delimiter, resolve } from 'node:path'

import { IdiolectError } from '@idiolect/contracts/errors'
import { readSecret } from '@idiolect/contracts/secret'

import type { DashboardOptions } from './server.ts'

type Settings = Omit<DashboardOptions, 'queues' | 'log' | 'env'>

/**
 * What the environment says about the dashboard.
 * @throws IdiolectError `config_invalid`
 */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const uploadBytes = env.IDIOLECT_DASHBOARD_UPLOAD_BYTES
  return {
    host: env.IDIOLECT_DASHBOARD_HOST ?? '127.0.0.1',
    port: wholeNumber(env.IDIOLECT_DASHBOARD_PORT ?? '8080', { what: 'port', most: 65_535 }),
    token: readSecret(env, 'IDIOLECT_DASHBOARD_TOKEN') ?? null,
    readOnly: isSet(env.IDIOLECT_DASHBOARD_READ_ONLY),
    queueActions: isSet(env.IDIOLECT_DASHBOARD_QUEUE_ACTIONS),
    outputs: folderOf(env.IDIOLECT_DASHBOARD_OUTPUTS),
    // As PATH has several.
    inputs: listOf(env.IDIOLECT_DASHBOARD_INPUTS, delimiter),
    models: listOf(env.IDIOLECT_DASHBOARD_MODELS, /\s+/),
    ...(uploadBytes === undefined
      ? {}
      : { mostUploadBytes: wholeNumber(uploadBytes, { what: 'size of an upload', most: Number.MAX_SAFE_INTEGER }) }),
  }
}

function wholeNumber(text: string, { what, most }: { what: string; most: number }): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && value <= most) return value
  throw new IdiolectError('config_invalid', `The ${what} is ${text}; use a whole number up to ${most}`)
}

function isSet(text = ''): boolean {
  return !['', '0', 'false'].includes(text)
}

function listOf(text: string | undefined, separator: string | RegExp): string[] {
  return (text ?? '').split(separator).filter((each) => each !== '')
}

function folderOf(path: string | undefined): string | null {
  if (path === undefined || path === '') return null
  try {
    mkdirSync(path, { recursive: true })
  } catch (cause) {
    throw new IdiolectError(
      'config_invalid',
      `--outputs ${path} cannot be created (${(cause as NodeJS.ErrnoException).code})`,
      { cause },
    )
  }
  return resolve(path)
}
