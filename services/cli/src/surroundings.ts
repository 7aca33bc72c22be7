import { homedir } from 'node:os'
import { join } from 'node:path'

import { type LocalRedis, openLocalRedis } from '@idiolect/local-redis/local-redis'
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

/** The Redis of REDIS_URL, or the machine's own one, which is started where it is not running. */
export function findRedis({ env }: Pick<Surroundings, 'env'>): Promise<LocalRedis> {
  return openLocalRedis({
    ...(env.REDIS_URL === undefined ? {} : { redisUrl: env.REDIS_URL }),
    ...(env.PATH === undefined ? {} : { path: env.PATH }),
    home: homeFolder(env),
    log: pino({ level: env.LOG_LEVEL ?? 'warn' }, pino.destination({ fd: 2, sync: true })),
  })
}

/** Prints a result: as JSON on request, else as text. */
export function print({ stdout }: Pick<Surroundings, 'stdout'>, json: boolean, value: unknown, text: string): void {
  stdout.write(json ? `${JSON.stringify(value, null, 2)}\n` : `${text}\n`)
}
