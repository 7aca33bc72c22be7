import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

import { startIdiolect } from '../processes.ts'
import type { Random } from './random.ts'
import { until } from './until.ts'

export type Source = {
  /** kill -9, some time after it has begun to admit batches; the command is given again. */
  kill(random: Random, signal: AbortSignal): Promise<void>
  /** Resolves when the command has ended well. */
  finished: Promise<void>
  /** Ends of the command with an error, each with its line: as a user meets them, who then gives it again. */
  refusals: string[]
  close(): Promise<void>
}

export type SourceOptions = {
  redisUrls: string[]
  random: Random
  /** File for what the command says. */
  log: string
}

// One that is killed as soon as it admits never gets a run in.
const admittingMs = 8_000

/** `idiolect enqueue … --wait`, given again until it ends well, each time with a Redis address that the seed picks. */
export function startSource(args: string[], { redisUrls, random, log }: SourceOptions): Source {
  const refusals: string[] = []
  let running: ChildProcess | undefined
  let isClosing = false
  let isAdmitting = false

  const giveOnce = async (): Promise<boolean> => {
    running = startIdiolect(args, { REDIS_URL: random.pick(redisUrls), LOG_LEVEL: 'debug' })
    let said = ''
    isAdmitting = false
    running.stdout!.resume()
    running.stderr!.on('data', (chunk: Buffer) => {
      said += chunk
      appendFileSync(log, chunk)
      isAdmitting ||= said.includes('Admitting')
    })
    const [code] = (await once(running, 'close')) as [number | null]
    if (code !== null && code !== 0) refusals.push(`exit code ${code}: ${complaintIn(said)}`)
    return code === 0
  }
  const giveUntilFinished = async () => {
    while (!isClosing && !(await giveOnce()));
  }

  const finished = giveUntilFinished()
  return {
    refusals,
    finished,
    async kill(by, signal) {
      await until(() => isAdmitting, { signal })
      await sleep(by.between(0, admittingMs), undefined, { signal })
      running?.kill('SIGKILL')
    },
    async close() {
      isClosing = true
      running?.kill('SIGTERM')
      await finished
    },
  }
}

function complaintIn(said: string): string {
  return said.split('\n').findLast((line) => line.startsWith('idiolect: ')) ?? 'without a word'
}
