import { homedir } from 'node:os'
import { join } from 'node:path'

import { openLocalRedis } from '@idiolect/local-redis/local-redis'
import { redisAddress, redisUrlOf } from '@idiolect/runtime/redis-address'
import { allowsUnsafeRedis, allowUnsafeVariable, refuseUnsafeRedis } from '@idiolect/runtime/refuse-unsafe-redis'
import { pino } from 'pino'

/** What a command has around it. `stdout` carries results, `stderr` everything else. */
export type Surroundings = {
  env: NodeJS.ProcessEnv
  stdout: NodeJS.WriteStream
  stderr: NodeJS.WriteStream
  /** Aborts at Ctrl-C and SIGTERM. */
  signal: AbortSignal
  /** What the process will end with when the command throws nothing. */
  exit: { code: number }
}

/** The product's own folder of this user. */
export function homeFolder(env: NodeJS.ProcessEnv): string {
  return env.IDIOLECT_HOME ?? join(homedir(), '.idiolect')
}

export type FoundRedis = { url: string; close(): Promise<void> }

/**
 * The Redis of REDIS_URL or REDIS_URL_FILE, or the machine's own one, which is started where it is not running.
 * `forWork`: one that can lose what is put on it is refused.
 * @throws IdiolectError `config_invalid`, `redis_unsafe`, `redis_unreachable`, `redis_unavailable`
 */
export async function findRedis(
  { env }: Pick<Surroundings, 'env'>,
  { forWork = false }: { forWork?: boolean } = {},
): Promise<FoundRedis> {
  const log = pino({ level: env.LOG_LEVEL ?? 'warn' }, pino.destination({ fd: 2, sync: true }))
  const url = redisUrlOf(env)
  if (url === undefined) {
    return openLocalRedis({ ...(env.PATH === undefined ? {} : { path: env.PATH }), home: homeFolder(env), log })
  }
  const address = redisAddress(url)
  const unsafe = { allowed: allowsUnsafeRedis(env), warn: (message: string) => log.warn(message) }
  if (forWork) await refuseUnsafeRedis(address, unsafe)
  return { url, close: async () => undefined }
}

export const allowUnsafeRedis = [
  '--allow-unsafe-redis',
  'use a Redis that evicts or has no append-only file, and take the risk that it loses queued work',
] as const

/** An environment in which the option holds, here and in the processes that are started. */
export function withRisk<T extends Pick<Surroundings, 'env'>>(
  surroundings: T,
  flags: { allowUnsafeRedis?: boolean },
): T {
  if (flags.allowUnsafeRedis !== true) return surroundings
  return { ...surroundings, env: { ...surroundings.env, [allowUnsafeVariable]: '1' } }
}

/** For a process that is to use the same Redis. A secret that came in a file stays in the file. */
export function withRedis(env: NodeJS.ProcessEnv, url: string): NodeJS.ProcessEnv {
  return env.REDIS_URL_FILE === undefined ? { ...env, REDIS_URL: url } : env
}

/** Prints a result: as JSON on request, else as text. */
export function print({ stdout }: Pick<Surroundings, 'stdout'>, json: boolean, value: unknown, text: string): void {
  stdout.write(json ? `${JSON.stringify(value, null, 2)}\n` : `${text}\n`)
}
